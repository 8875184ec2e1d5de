"""Clients that others have written for other languages sign in to the development server.

Each folder has a program that uses one of them. It gets the connection in its environment, prints the authorization
URL, reads the code from its input, and prints what `auth/self` returns for the token.
"""
