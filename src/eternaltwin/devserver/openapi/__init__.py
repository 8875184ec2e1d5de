"""The OpenAPI 3.1 document of Eternaltwin's API, built from the endpoints and the models."""
