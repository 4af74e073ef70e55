"""What a subscriber, or who looks after the pushes, is refused."""

from app.core.problems import Conflict, Invalid


class AddressNotTaken(Invalid):
    code = "address_not_taken"
    title = "推送地址须为公网可达的 https 地址"
    title_en = "The address has to be a public one, called by https"


class TooManySubscriptions(Conflict):
    code = "too_many_subscriptions"
    title = "订阅已达二十个"
    title_en = "There are twenty subscriptions already"


class DeliveryNotParked(Conflict):
    code = "delivery_not_parked"
    title = "此推送未被搁置,无需重发"
    title_en = "This delivery is not parked"


class DeliverySuperseded(Conflict):
    """Sent now, it would tell nothing that a later message does not."""

    code = "delivery_superseded"
    title = "其中各项此后都有更新的推送,无需重发"
    title_en = "Later messages tell all that this one would"
