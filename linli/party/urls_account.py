"""Routes of accounts and rights."""

from linli.core.routes import route
from linli.party import pages_account, pages_rights

urlpatterns = [
    route("me/", pages_account.account_page, name="account", action="page.own"),
    route("me/confirm/", pages_account.step_up_page, name="step_up", action="page.own"),
    route("demo/", pages_account.demo_switch_page, name="demo_switch", action="page.public"),
    route("demo/enter/", pages_account.demo_enter_page, name="demo_enter", action="page.public"),
    route("rights/", pages_rights.rights_page, name="rights", action="grant.list"),
    route("rights/decide/", pages_rights.grant_decide_page, name="grant_decide", action="grant.approve"),
    route("rights/new/", pages_rights.login_new_page, name="login_new", action="login.make"),
    route("rights/exclusions/", pages_rights.exclusions_page, name="exclusions", action="exclusion.lift"),
    route("rights/<uuid:uid>/", pages_rights.login_rights_page, name="login_rights", action="grant.list"),
    route("rights/<uuid:uid>/bind/", pages_rights.login_bind_page, name="login_bind", action="binding.propose"),
    route(
        "rights/<uuid:uid>/bind/decide/",
        pages_rights.login_bind_decide_page,
        name="login_bind_decide",
        action="binding.confirm",
    ),
    route("rights/<uuid:uid>/change/", pages_rights.login_change_page, name="login_change", action="grant.end"),
]
