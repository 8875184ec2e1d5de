import click

main: click.Command
