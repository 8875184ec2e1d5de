PROVIDERS: dict[str, dict[str, object]]
