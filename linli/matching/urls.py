"""Routes of proposals and referrals."""

from linli.core.routes import route
from linli.matching import pages, pages_referrals

urlpatterns = [
    route("proposals/", pages.proposals_page, name="proposals", action="proposal.list"),
    route("proposals/ask/", pages.ask_matching_page, name="ask_matching", action="proposal.decide"),
    route("proposals/<uuid:uid>/", pages.need_proposals_page, name="need_proposals", action="proposal.read"),
    route("referrals/", pages_referrals.referrals_page, name="referrals", action="referral.list"),
    route("referrals/export/", pages_referrals.referrals_export_page, name="referrals_export", action="person.export"),
    route("referrals/<uuid:uid>/", pages_referrals.referral_page, name="referral", action="referral.read"),
]
