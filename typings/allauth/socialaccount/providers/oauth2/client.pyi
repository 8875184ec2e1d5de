class OAuth2Error(Exception): ...

class OAuth2Client:
    callback_url: str
