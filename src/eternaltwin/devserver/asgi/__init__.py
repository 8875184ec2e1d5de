"""What any ASGI application can use: a server with a socket, in-process transports and middleware."""
