"""URLs of the app."""

from django.urls import path

from keqiao.platform.accounts.views import account, login, members, security, system, tokens

app_name = "accounts"
urlpatterns = [
    path("login", login.login, name="login"),
    path("logout", login.logout, name="logout"),
    path("prove", login.prove, name="prove"),
    path("resume", login.resume, name="resume"),
    path("switch", login.switch, name="switch"),
    path("account", account.account, name="account"),
    path("account/preferences", account.preferences, name="preferences"),
    path("account/sessions/end", account.end_sessions, name="end_sessions"),
    path("account/password", account.password, name="password"),
    path("account/factor", account.factor, name="factor"),
    path("account/factor/codes", account.codes, name="codes"),
    path("account/verify", account.verify, name="verify"),
    path("members", members.members, name="members"),
    path("members/invitations/withdraw", members.withdraw, name="withdraw"),
    path("members/<int:id>/<slug:act>", members.member, name="member"),
    path("invite/<str:token>", members.invite, name="invite"),
    path("tokens", tokens.tokens, name="tokens"),
    path("tokens/<int:id>/rotate", tokens.rotate, name="rotate"),
    path("tokens/<int:id>/revoke", tokens.revoke, name="revoke"),
    path("system/users", system.users, name="users"),
    path("system/users/new", system.new_user, name="new_user"),
    path("system/users/<int:id>", system.user, name="user"),
    path("system/users/<int:id>/grant", system.grant, name="grant"),
    path("system/users/<int:id>/<slug:act>", system.act_on_user, name="act_on_user"),
    path("system/memberships/<int:id>/<slug:act>", system.act_on_membership, name="act_on_membership"),
    path("security/roles", security.roles, name="roles"),
    path("security/locks", security.locks, name="locks"),
    path("security/locks/unlock", security.unlock, name="unlock"),
    path("security/factors/remove", security.remove_factor, name="remove_factor"),
    path("security/keys", security.keys, name="keys"),
]
