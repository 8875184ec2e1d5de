from allauth.socialaccount.models import SocialAccount

class ProviderAccount:
    account: SocialAccount

    def to_str(self) -> str: ...
