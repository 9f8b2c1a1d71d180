"""The survey of products, stock, price lists and promotions."""

from collections.abc import Iterable
from typing import Any

from models.pricing.rules import Fault, budget_faults, ensure_price_apart, promotion_faults
from models.product.rules import MAX_PRICES
from services.seed.promotion_entries import RULES, budget_of, promotion_of
from services.seed.survey import Entry, Survey, each, hold, price_currency, spread
from utils.typed import code_key

MOST_SHOWN = 10


def survey_catalogue(survey: Survey, document: Entry) -> None:
    for path, entry in each(document, "inventory_items"):
        survey.refer("stores", entry["store"], f"{path}.store")
        survey.state("inventory_items", f"{entry['store']}/{entry['sku']}", path)
        survey_stock(survey, path, entry, entry["store"])
    for path, entry in each(document, "products"):
        survey_product(survey, path, entry)
    for path, entry in each(document, "price_lists"):
        survey_price_list(survey, path, entry)
    for path, entry in each(document, "campaigns"):
        survey_campaign(survey, path, entry)
    for path, entry in each(document, "promotions"):
        survey_promotion(survey, path, entry)


def survey_stock(survey: Survey, path: str, entry: Entry, seller: str) -> None:
    stock = entry.get("stock")
    if isinstance(stock, dict):
        for name in stock:
            survey.refer("stock_locations", f"{seller}/{name}", f"{path}.stock.{name}")
    elif stock is not None:
        survey.first_locations.append((seller, f"{path}.stock"))


def survey_product(survey: Survey, path: str, entry: Entry) -> None:
    survey.state("products", entry["handle"], path)
    survey.refer("stores", entry["store"], f"{path}.store")
    survey.refer("collections", entry.get("collection"), f"{path}.collection")
    survey.refer("shipping_profiles", entry.get("shipping_profile"), f"{path}.shipping_profile")
    survey.refer_all("categories", entry.get("categories", ()), f"{path}.categories")
    survey.refer_all("sales_channels", entry.get("sales_channels", ()), f"{path}.sales_channels")
    # A tag or type needs no statement of its own.
    for index, tag in enumerate(entry.get("tags", ())):
        survey.label("tags", tag, f"{path}.tags[{index}]")
    if entry.get("type"):
        survey.label("types", entry["type"], f"{path}.type")
    titles = [option["title"] for option in entry.get("options", ())]
    if len(set(titles)) < len(titles):
        survey.problem(f"{path}.options", "two options have the same title", "Give each its own")
    urls = [image_url(image) for image in entry.get("images", ())]
    if len(set(urls)) < len(urls):
        survey.problem(f"{path}.images", "an image stands there twice", "Name each once")
    combinations: dict[tuple[str, ...], str] = {}
    for place, variant in each(entry, "variants", path):
        survey_variant(survey, place, variant, entry)
        chosen = tuple(variant.get("options", {}).get(title, "") for title in titles)
        if titles and combinations.setdefault(chosen, place) != place:
            survey.problem(
                f"{place}.options", f"are those of {combinations[chosen]}", "Each variant needs its own combination"
            )
        if not titles and len(entry["variants"]) > 1 and "options" in entry:
            survey.problem(
                place, "cannot be told from the others", "State `options` of the product, and their values here"
            )


def survey_variant(survey: Survey, path: str, entry: Entry, product: Entry) -> None:
    name = f"{product['store']}/{entry['sku']}"
    survey.state("variants", name, path)
    survey.names.state("inventory_items", name)
    survey_choice(survey, path, entry, product)
    urls = {image_url(image) for image in product.get("images", ())}
    for index, url in enumerate(entry.get("images", ())):
        if url not in urls:
            survey.problem(f"{path}.images[{index}]", "is not among the product's `images`", "Add it there")
    places: dict[tuple[object, ...], str] = {}
    for price_path, price in spread(entry.get("prices", ()), f"{path}.prices"):
        survey.price(price_path, price)
        place = tuple(price.get(key) for key in ("currency", "region", "min_quantity", "max_quantity"))
        if places.setdefault(place, price_path) != price_path:
            survey.problem(price_path, f"is for the same case as {places[place]}", "Keep one of them")
    if "stock" in entry and "inventory_items" in entry:
        survey.problem(f"{path}.stock", "is that of the items it takes", "State it under the section `inventory_items`")
    if len(places) > MAX_PRICES:
        survey.problem(f"{path}.prices", f"has more than {MAX_PRICES} entries", "Leave some out")
    survey_stock(survey, path, entry, product["store"])
    for place_, need in each(entry, "inventory_items", path):
        survey.refer("inventory_items", f"{product['store']}/{need['sku']}", f"{place_}.sku")


def survey_choice(survey: Survey, path: str, entry: Entry, product: Entry) -> None:
    """The variant's option values against the product's options."""
    chosen = entry.get("options", {})
    if "options" not in product:
        if chosen:
            survey.problem(
                f"{path}.options", "the product does not state its `options`", "State them with all their values"
            )
        return
    offered = {option["title"]: option["values"] for option in product["options"]}
    for title in offered.keys() - chosen.keys():
        survey.problem(f"{path}.options", f"has no value for {title!r}", f"Add one of: {some(offered[title])}")
    for title, value in chosen.items():
        if title not in offered:
            survey.problem(f"{path}.options.{title}", "is not an option of the product", f"Use: {some(offered)}")
        elif value not in offered[title]:
            survey.problem(f"{path}.options.{title}", f"{value!r} is not a value of it", f"Use: {some(offered[title])}")


def survey_price_list(survey: Survey, path: str, entry: Entry) -> None:
    survey.state("price_lists", entry["title"], path)
    survey.window(entry, path)
    rules = entry.get("rules", {})
    survey.refer_all("regions", rules.get("regions", ()), f"{path}.rules.regions")
    survey.refer_all("customer_groups", rules.get("customer_groups", ()), f"{path}.rules.customer_groups")
    for place, price in each(entry, "prices", path):
        name = f"{price['store']}/{price['sku']}" if "store" in price else price["sku"]
        survey.refer("variants", name, f"{place}.sku")
        survey.price(place, price)
    survey.lists.append((path, entry["prices"]))


def check_lists(survey: Survey) -> None:
    """Each price of a list is for a case of its own; asked once variants and the currencies of regions are known."""
    for path, prices in survey.lists:
        seen: set[tuple[Any, ...]] = set()
        for index, price in enumerate(prices):
            row = {name: price.get(name) for name in ("min_quantity", "max_quantity")}
            row["variant_id"] = survey.names.variant_name(price["sku"], price.get("store"))
            row |= {"currency_code": price_currency(price, survey.names), "region_id": price.get("region")}
            message = "is for the same case as another price of the list"
            place = f"{path}.prices[{index}]"
            hold(survey, place, "Keep one of them", ensure_price_apart, row, seen, message=message)


def survey_campaign(survey: Survey, path: str, entry: Entry) -> None:
    survey.state("campaigns", entry["identifier"], path)
    survey.window(entry, path)
    budget = budget_of(entry.get("budget"))
    if budget is not None:
        survey.refer("currencies", budget.currency_code, f"{path}.budget.currency")
        tell(survey, f"{path}.budget", budget_faults(budget))


def tell(survey: Survey, path: str, faults: Iterable[Fault]) -> None:
    """Faults that the rules of pricing find, each at its part of the entry."""
    for part, reason, hint in faults:
        place = part.replace("method", "application_method", 1) if part.startswith("method") else part
        survey.problem(f"{path}.{place}" if place else path, reason, hint)


def survey_promotion(survey: Survey, path: str, entry: Entry) -> None:
    survey.state("promotions", entry["code"], path)
    first = survey.places.setdefault(f"promotion code:{code_key(entry['code'])}", path)
    if f"promotions:{entry['code']}" in survey.places and survey.places[f"promotions:{entry['code']}"] != first:
        message = f"differs from the code of {first} in case only"
        survey.problem(f"{path}.code", message, "Give each promotion a code of its own: case does not count")
    survey.refer("campaigns", entry.get("campaign"), f"{path}.campaign")
    survey.refer("stores", entry.get("store"), f"{path}.store")
    survey.refer("currencies", entry["application_method"].get("currency"), f"{path}.application_method.currency")
    tell(survey, path, promotion_faults(promotion_of(entry, lambda _, name: name)))
    for key, attributes in RULES.items():
        for place, rule in each(entry, key, path):
            kind = attributes[rule["attribute"]]
            if kind is not None:
                survey.refer_all(kind, [str(value) for value in rule["values"]], f"{place}.values")


def image_url(image: str | Entry) -> str:
    return image if isinstance(image, str) else str(image["url"])


def some(words: Iterable[str]) -> str:
    shown = list(words)
    return ", ".join(shown[:MOST_SHOWN]) + (", ..." if len(shown) > MOST_SHOWN else "")
