//! What the workspace sells, and what its people write down.
//!
//! In sentences `{first}` is a person's first name, `{company}` a company, `{product}` a product,
//! `{n}` a small number and `{day}` a weekday.

/// Something that is sold.
pub(in crate::demo) struct Product {
    pub(in crate::demo) name: &'static str,
    pub(in crate::demo) sku: &'static str,
    pub(in crate::demo) family: &'static str,
    /// In dollars.
    pub(in crate::demo) price: i64,
    pub(in crate::demo) about: &'static str,
    /// How often it is sold.
    pub(in crate::demo) weight: u32,
}

const fn product(
    name: &'static str,
    sku: &'static str,
    family: &'static str,
    price: i64,
    weight: u32,
    about: &'static str,
) -> Product {
    Product {
        name,
        sku,
        family,
        price,
        about,
        weight,
    }
}

/// The products of a maker of stock-taking equipment.
pub(in crate::demo) static PRODUCTS: &[Product] = &[
    product(
        "Tally Handheld Scanner",
        "TLY-H1",
        "Hardware",
        690,
        22,
        "Reads bar codes and tags, survives falls, runs a shift on one charge.",
    ),
    product(
        "Tally Charging Dock",
        "TLY-D4",
        "Hardware",
        180,
        12,
        "Charges four scanners.",
    ),
    product(
        "Shelf Sensor, pack of 10",
        "SHS-10",
        "Hardware",
        540,
        14,
        "Weighs what lies on a shelf and reports when it runs low.",
    ),
    product(
        "Gate Reader",
        "GTR-2",
        "Hardware",
        2_400,
        6,
        "Reads every tag that passes a dock door.",
    ),
    product(
        "Label Printer",
        "LBP-200",
        "Hardware",
        860,
        9,
        "Prints labels and tags where the goods arrive.",
    ),
    product(
        "Tally Cloud, seat per year",
        "TC-SEAT",
        "Software",
        290,
        24,
        "Stock levels, counts and orders in the browser and on the scanner.",
    ),
    product(
        "Forecast add-on, per year",
        "TC-FCST",
        "Software",
        3_600,
        7,
        "Suggests what to order and when.",
    ),
    product(
        "Connector for accounting, per year",
        "TC-CONN",
        "Software",
        1_900,
        8,
        "Keeps articles, orders and invoices in step.",
    ),
    product(
        "Installation, per day",
        "SRV-INST",
        "Services",
        1_150,
        10,
        "A technician mounts and connects the equipment.",
    ),
    product(
        "Onboarding workshop",
        "SRV-WORK",
        "Services",
        2_200,
        8,
        "Two days with the team on site.",
    ),
    product(
        "Data migration",
        "SRV-MIGR",
        "Services",
        4_800,
        4,
        "Articles, locations and history from the old system.",
    ),
    product(
        "Care Plan, per year",
        "SUP-CARE",
        "Support",
        980,
        11,
        "Replacement within one working day and a named contact.",
    ),
];

/// What deals are about.
pub(in crate::demo) static TOPICS: &[(&str, u32)] = &[
    ("warehouse rollout", 20),
    ("pilot", 18),
    ("new scanners", 16),
    ("second site", 10),
    ("renewal", 14),
    ("expansion", 10),
    ("stock-taking project", 8),
    ("care plan", 7),
    ("replacement of the old system", 6),
];

/// How talks on the phone went.
pub(in crate::demo) static CALLS: &[&str] = &[
    "Call with {first} at {company}. Good talk, about {n}0 minutes.",
    "Reached {first} after {n} attempts.",
    "{first} called back about the {product}.",
    "Short call with {first}, was between two meetings.",
    "Spoke to {first}, who has taken over from a colleague at {company}.",
    "Left a message for {first}; a colleague says {day} is a better day to call.",
    "{first} rang: the first delivery arrived complete and the team is happy.",
];

/// How meetings and e-mails went.
pub(in crate::demo) static MEETINGS: &[&str] = &[
    "Visited {company} together with {first}. Saw the warehouse: {n} aisles, all counted by hand today.",
    "Demo of the {product} for {first} and {n} colleagues.",
    "Met {first} at the trade fair; stopped by twice and took the brochure on the {product}.",
    "Kick-off with {first} and the project team of {company}.",
    "E-mail from {first}: they compared us with two others and have questions about the {product}.",
    "Quarterly review with {company}. {first} showed the figures of the last stock-taking: {n} % fewer differences.",
    "Workshop with {first}'s team, {n} participants, lively.",
];

/// What they want.
pub(in crate::demo) static WANTS: &[&str] = &[
    "They want to start with {n} scanners and grow from there.",
    "Budget is there, but it has to be ordered before the end of the quarter.",
    "{first} needs a written offer for the {product} by {day}.",
    "Stock differences are the biggest pain; last year's count took {n} days.",
    "The IT department asks where the data is kept and for how long.",
    "They would like a reference customer in the same industry.",
    "Price of the {product} is above what they expected; a discount of {n} % came up.",
    "The decision is made by the management board, {first} prepares the paper.",
    "Important to them: it must work with gloves and at minus 20 degrees.",
    "A second site would follow next year if the pilot goes well.",
    "They are still tied to their old supplier for {n} months.",
];

/// What is done next.
pub(in crate::demo) static NEXT_STEPS: &[&str] = &[
    "Next: send the offer, call again on {day}.",
    "Next: demo with the people from the warehouse.",
    "Agreed to talk again in {n} weeks.",
    "I send the data sheet of the {product} today.",
    "{first} comes back to us after talking to the boss.",
    "Next step is on their side.",
    "Date for the workshop to be fixed with {first}.",
    "To do: clear up delivery times for the {product}.",
];

/// Remarks on the side.
pub(in crate::demo) static ASIDES: &[&str] = &[
    "Prefers e-mail to phone.",
    "On holiday for {n} weeks from {day}.",
    "Knows our product from a former employer.",
    "Very precise, have the figures at hand.",
    "Likes to be visited; the coffee is good.",
    "Speaks three languages and writes back within the hour.",
    "Careful: was annoyed about the late delivery in spring.",
];

/// Tasks: what, kind, and how often.
pub(in crate::demo) static TASKS: &[(&str, &str, u32)] = &[
    ("Call {first} about the offer", "call", 16),
    ("Ask {first} how the pilot goes", "call", 9),
    ("Call {company} back", "call", 8),
    ("Send {first} the data sheet of the {product}", "email", 9),
    ("Send the offer to {company}", "email", 12),
    ("Thank {first} for the visit", "email", 5),
    ("Demo for {company}", "meeting", 8),
    ("Quarterly review with {first}", "meeting", 6),
    ("Workshop at {company}", "meeting", 4),
    ("Check delivery time of the {product}", "to_do", 6),
    ("Prepare the contract for {company}", "to_do", 7),
    ("Find a reference customer for {first}", "to_do", 4),
    ("Update the address of {company}", "to_do", 3),
    ("Clarify the discount for {company}", "to_do", 5),
];
