"""The OpenAPI 3.1 documents of Eternaltwin's API and of the control API, built from the endpoints and the models."""
