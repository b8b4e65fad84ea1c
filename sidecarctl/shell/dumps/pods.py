"""Read the items of a List: of Pods what a plan asks for, and nothing else."""

# Strategy: two readers that must agree. The quick one knows what is read of a Pod as types, and passes over all else
# in C; whatever it does not take to the letter goes to the careful one, which reads everything, and says what is wrong
# with it. Where msgspec is not installed, there is only the careful one.

from collections.abc import Iterator, Mapping
from json import JSONDecodeError, JSONDecoder
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import UndecodableObject
from sidecarctl.record import Record
from sidecarctl.upstream import schema
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.go.time import is_time
from sidecarctl.upstream.workload import group_kind, is_pod, typed_item
from sidecarctl.yamledit.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable

    Object = dict[str, Value]
    Quick = Callable[[bytes], list[Object] | None]

_POD: Final = {"apiVersion": "v1", "kind": "Pod"}
_READ: Final[Mapping[str, tuple[str, ...]]] = {  # of each struct
    "Pod": ("apiVersion", "kind", "metadata", "spec", "status"),
    "ObjectMeta": (
        "name",
        "namespace",
        "labels",
        "annotations",
        "creationTimestamp",
        "deletionTimestamp",
        "ownerReferences",
    ),
    "OwnerReference": ("kind", "name", "controller"),
    "PodSpec": ("nodeName", "containers", "initContainers", "readinessGates"),
    "PodReadinessGate": ("conditionType",),
    "Container": ("name", "image", "restartPolicy"),
    "PodStatus": ("phase", "reason", "conditions", "containerStatuses", "initContainerStatuses"),
    "PodCondition": ("type", "status", "lastTransitionTime", "reason", "message"),
    "ContainerStatus": ("name", "image", "imageID", "ready", "restartCount", "state", "lastState"),
    "ContainerState": ("waiting", "terminated"),
    "ContainerStateWaiting": ("reason",),
    "ContainerStateTerminated": ("reason", "exitCode"),
}
_READY: Final = "Ready"  # the only condition whose time is read
NO_KIND: Final = "an item that is no Kubernetes object: it says no apiVersion and kind"


class Unchecked(Record):
    """A Pod with a value that is not of its type, which is said when somebody looks at the Pod."""

    value: "Object"


class ReadItems(Record):
    """What some items hold."""

    pods: "list[Object | Unchecked]"  # in their order
    others: "list[Object]"
    has_untyped: bool  # items that say no kind, which is the way of typed Lists


class BadItem(Exception):
    """Items that cannot be read."""

    def __init__(self, place: int, message: str, is_json: bool = True) -> None:  # noqa: FBT001, FBT002 - travels as a tuple
        super().__init__(place, message, is_json)
        self.place = place  # in bytes, from where the text begins
        self.message = message
        self.is_json = is_json  # else it may be that the text does not end with an item


class PodReader:
    """Reads items; `list_kind` is the kind of the List around them, empty where it is not known yet."""

    def __init__(self, list_kind: str) -> None:
        self._may_be_untyped = list_kind in {"", "PodList"}
        self._quick = _quick_decoder()

    def items(self, text: bytes) -> ReadItems:
        """Return what some items hold; whatever stands after the last one is left out.

        Raises `BadItem`.
        """
        text = text[: text.rfind(b"}") + 1]
        return self._quick_items(text) or self._careful_items(text)

    def _quick_items(self, text: bytes) -> ReadItems | None:
        if self._quick is None or not _is_utf8(text):
            return None
        if (pods := self._quick(b"[%b]" % text)) is None:
            return None
        has_untyped = False
        for pod in pods:
            if pod.get("kind") != "Pod" or pod.get("apiVersion") != "v1":
                if not self._may_be_untyped or "kind" in pod or "apiVersion" in pod:
                    return None
                pod.update(_POD)
                has_untyped = True
            if not _are_times_sound(pod):
                return None
        return ReadItems(cast("list[Object | Unchecked]", pods), [], has_untyped)

    def _careful_items(self, text: bytes) -> ReadItems:
        found = ReadItems([], [], has_untyped=False)
        for place, value in _careful_values(text):
            found = self._sorted_in(found, value, place)
        return found

    def _sorted_in(self, found: ReadItems, value: Value, place: int) -> ReadItems:
        if not isinstance(value, dict):
            raise BadItem(place, "an item that is no object")
        if group_kind(value) is None:
            if not self._may_be_untyped or "kind" in value or "apiVersion" in value:
                raise BadItem(place, NO_KIND)
            value, found = {**value, **_POD}, found._replace(has_untyped=True)
        nested = value.get("items")
        if isinstance(nested, list) and str(value.get("kind")).endswith("List"):
            for item in nested:
                found = self._sorted_in(found, typed_item(value, item), place)
        elif is_pod(value):
            found.pods.append(_checked(_slim(value, "Pod")))
        else:
            found.others.append(value)
        return found


def whole_pods(text: bytes) -> "Iterator[Object]":
    """Return the Pods among some items with all that they hold."""
    for _, value in _careful_values(text[: text.rfind(b"}") + 1]):
        yield from _pods_in(value)


def _pods_in(value: Value) -> "Iterator[Object]":
    if isinstance(value, dict):
        nested = value.get("items")
        if isinstance(nested, list) and str(value.get("kind", "")).endswith("List"):
            for item in nested:
                yield from _pods_in(typed_item(value, item))
        elif group_kind(value) is None or is_pod(value):
            yield value


def _careful_values(text: bytes) -> Iterator[tuple[int, Value]]:
    """The values of some items, each with the place where its item begins as far as that is known."""
    from pydantic_core import from_json

    try:
        values = from_json(b"[%b]" % text, allow_inf_nan=False)
    except ValueError as error:
        _locate_mistake(text)
        raise BadItem(0, f"no JSON: {error} from here on", is_json=False) from None
    if all(isinstance(value, dict) and group_kind(value) is not None for value in values):
        yield from ((0, value) for value in values)
    else:
        yield from zip(_places(text), values, strict=True)


def _locate_mistake(text: bytes) -> None:
    """Raise `BadItem` at what keeps the items from being JSON, if the standard library stumbles over it as well."""
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        raise BadItem(error.start, "not UTF-8", is_json=False) from None
    try:
        for _ in _places_in(decoded):
            pass
    except JSONDecodeError as error:
        raise BadItem(len(decoded[: error.pos].encode()), f"no JSON: {error.msg} here", is_json=False) from None


def _places(text: bytes) -> Iterator[int]:
    """Where each item begins, in bytes."""
    decoded = text.decode()
    return (len(decoded[:place].encode()) for place in _places_in(decoded))


def _places_in(text: str) -> Iterator[int]:
    """Where each item begins, in characters."""
    decoder, place = JSONDecoder(), 0
    while True:
        place += len(text[place:]) - len(text[place:].lstrip(" \t\r\n"))
        yield place
        _, place = decoder.raw_decode(text, place)
        after = text[place:].lstrip(" \t\r\n")
        if not after:
            return
        if not after.startswith(","):
            raise JSONDecodeError("Expecting ',' delimiter", text, len(text) - len(after))
        place = len(text) - len(after) + 1


def _slim(value: Value, type_name: str) -> Value:
    """What is read of a value of this type; what is of another type stays, to be complained about."""
    if isinstance(value, list) and (item_type := schema.item_type(type_name) or "") in _READ:
        return [_slim(item, item_type) for item in value]
    if not isinstance(value, dict) or type_name not in _READ:
        return value
    fields = schema.fields(type_name)
    slim = {key: _slim(value[key], fields[key].type) for key in _READ[type_name] if key in value}
    if type_name == "PodCondition" and slim.get("type") != _READY:
        slim.pop("lastTransitionTime", None)
    return slim


def _checked(slim: Value) -> "Object | Unchecked":
    pod = cast("Object", slim)
    try:
        return decode(pod, "Pod")
    except UndecodableObject:
        return Unchecked(pod)


def _are_times_sound(pod: "Object") -> bool:
    """Whether the times that are read are such; those of other conditions are forgotten."""
    metadata = cast("Object", pod.get("metadata") or {})
    times = [metadata.get("creationTimestamp"), metadata.get("deletionTimestamp")]
    for condition in cast("list[Object]", cast("Object", pod.get("status") or {}).get("conditions") or ()):
        if condition.get("type") == _READY:
            times.append(condition.get("lastTransitionTime"))
        else:
            condition.pop("lastTransitionTime", None)
    return all(time is None or is_time(cast("str", time)) for time in times)


def _is_utf8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _quick_decoder() -> "Quick | None":
    """What decodes a list of Pods into what is read of them; it returns None for anything out of the ordinary."""
    try:
        from msgspec import MsgspecError
        from msgspec.json import Decoder
    except ImportError:
        return None
    decode_all = Decoder(list[_typed("Pod")]).decode  # type: ignore[misc]  # a type made at run time

    def quick(text: bytes) -> "list[Object] | None":
        try:
            return cast("list[Object]", decode_all(text))
        except (MsgspecError, ValueError, RecursionError):
            return None

    return quick


def _typed(type_name: str) -> object:
    """What msgspec is to take for a type of the table."""
    from typing import Annotated, TypedDict

    from msgspec import Meta

    if type_name in _READ:
        fields = schema.fields(type_name)
        return TypedDict(type_name, {key: _typed(fields[key].type) for key in _READ[type_name]}, total=False)  # type: ignore[operator]
    if item_type := schema.item_type(type_name):
        item = _typed(item_type)
        return list[item] if type_name.startswith("[]") else dict[str, item]  # type: ignore[valid-type]  # as above
    plain = {"string": str, "bool": bool, "Time": str, "int32": Annotated[int, Meta(ge=-(1 << 31), lt=1 << 31)]}
    return plain[type_name]
