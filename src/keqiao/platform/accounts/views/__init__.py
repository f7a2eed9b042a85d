"""The pages of logins, accounts, members, tokens, and of the security administrator."""
