//! What people do.

/// A department, with its titles from the head down.
pub(in crate::demo) struct Department {
    pub(in crate::demo) name: &'static str,
    pub(in crate::demo) weight: u32,
    /// Head, manager, specialist, junior: several titles each.
    pub(in crate::demo) titles: [&'static [&'static str]; 4],
}

/// Departments. The first one is that of those who lead the company.
pub(in crate::demo) static DEPARTMENTS: &[Department] = &[
    Department {
        name: "Management",
        weight: 8,
        titles: [
            &[
                "Chief Executive Officer",
                "Managing Director",
                "Owner",
                "President",
            ],
            &["General Manager", "Site Director"],
            &["Chief of Staff", "Executive Assistant"],
            &["Office Manager", "Assistant"],
        ],
    },
    Department {
        name: "Operations",
        weight: 22,
        titles: [
            &[
                "Chief Operating Officer",
                "VP Operations",
                "Director of Operations",
            ],
            &[
                "Warehouse Manager",
                "Operations Manager",
                "Plant Manager",
                "Shift Manager",
            ],
            &[
                "Senior Process Engineer",
                "Logistics Planner",
                "Inventory Controller",
            ],
            &["Warehouse Associate", "Dispatch Clerk", "Stock Clerk"],
        ],
    },
    Department {
        name: "Purchasing",
        weight: 18,
        titles: [
            &["Chief Procurement Officer", "Head of Purchasing"],
            &["Purchasing Manager", "Category Manager"],
            &["Senior Buyer", "Strategic Buyer"],
            &["Buyer", "Purchasing Assistant"],
        ],
    },
    Department {
        name: "IT",
        weight: 16,
        titles: [
            &[
                "Chief Information Officer",
                "Chief Technology Officer",
                "Head of IT",
            ],
            &["IT Manager", "Infrastructure Lead"],
            &["Systems Architect", "Senior Developer", "Security Engineer"],
            &[
                "System Administrator",
                "Support Technician",
                "Junior Developer",
            ],
        ],
    },
    Department {
        name: "Finance",
        weight: 13,
        titles: [
            &["Chief Financial Officer", "Finance Director"],
            &["Controller", "Finance Manager"],
            &["Senior Accountant", "Financial Analyst"],
            &["Accountant", "Accounts Payable Clerk"],
        ],
    },
    Department {
        name: "Sales",
        weight: 12,
        titles: [
            &["Chief Commercial Officer", "VP Sales"],
            &["Sales Manager", "Key Account Manager"],
            &["Account Executive", "Sales Engineer"],
            &["Sales Representative", "Inside Sales"],
        ],
    },
    Department {
        name: "Marketing",
        weight: 7,
        titles: [
            &["Chief Marketing Officer", "Head of Marketing"],
            &["Marketing Manager", "Brand Manager"],
            &["Content Strategist", "Event Manager"],
            &["Marketing Assistant", "Graphic Designer"],
        ],
    },
    Department {
        name: "Human resources",
        weight: 4,
        titles: [
            &["Head of People", "HR Director"],
            &["HR Manager", "Training Manager"],
            &["HR Business Partner", "Recruiter"],
            &["HR Assistant", "Trainee"],
        ],
    },
];

/// What people are in a deal.
pub(in crate::demo) static ROLES: &[&str] = &[
    "decision maker",
    "champion",
    "technical evaluator",
    "purchasing",
    "user",
];
