class SocialApp:
    client_id: str
    secret: str

class SocialAccount:
    extra_data: object

class SocialToken:
    token: str

class SocialLogin:
    @property
    def is_existing(self) -> bool: ...
