//! What the demo data says.

/// A group of the story.
pub struct Group {
    /// What it is called.
    pub name: &'static str,
    /// Who makes it.
    pub owner: &'static str,
    /// Who else is in it.
    pub members: &'static [&'static str],
}

/// Who said what.
pub struct Conversation {
    /// One of those in it.
    pub begins: &'static str,
    /// The other one, or the name of the group.
    pub with: &'static str,
    /// Who says what, in order.
    pub lines: &'static [(&'static str, &'static str)],
}

/// User names without their prefix, and what others see.
pub const PEOPLE: &[(&str, &str)] = &[
    ("ada", "Ada Lovelace"),
    ("grace", "Grace Hopper"),
    ("alan", "Alan Turing"),
    ("edsger", "Edsger Dijkstra"),
    ("barbara", "Barbara Liskov"),
];

/// The groups.
pub const GROUPS: &[Group] = &[
    Group { name: "Chess club", owner: "alan", members: &["ada", "edsger"] },
    Group { name: "Release party", owner: "grace", members: &["ada", "alan", "edsger", "barbara"] },
];

/// What is said.
pub const CONVERSATIONS: &[Conversation] = &[
    Conversation {
        begins: "ada",
        with: "grace",
        lines: &[
            ("ada", "Have you seen the engine run?"),
            ("grace", "Twice! There was a moth in the second one."),
            ("ada", "Again? I will write a note about it."),
            ("grace", "Tape the moth to it, then people will believe you."),
        ],
    },
    Conversation {
        begins: "edsger",
        with: "barbara",
        lines: &[
            ("edsger", "I have found a shorter path to the canteen."),
            ("barbara", "Can it be put in place of the old one without anybody noticing?"),
            ("edsger", "That is the idea."),
        ],
    },
    Conversation {
        begins: "alan",
        with: "Chess club",
        lines: &[
            ("alan", "Thursday at seven? The machine plays white."),
            ("edsger", "Does it stop this time?"),
            ("alan", "I cannot say."),
            ("ada", "I will bring the cards."),
        ],
    },
    Conversation {
        begins: "grace",
        with: "Release party",
        lines: &[
            ("grace", "It is out. Cake at four!"),
            ("barbara", "Which kind?"),
            ("grace", "Any kind that keeps the promises of cake."),
            ("edsger", "Without goto, I hope."),
        ],
    },
];
