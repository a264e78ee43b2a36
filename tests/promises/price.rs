//! `docs/cost.md`: its table of routes is what the capacity tests expect, and its dollars are held to its units here.

/// A row of the table of routes.
struct Route {
    name: &'static str,
    round_trips: f64,
    read: f64,
    written: f64,
    /// For a million requests.
    dollars: f64,
}

/// Dollars for a million, as the page's first table has them.
const READ_UNITS: f64 = 0.125;
const WRITE_UNITS: f64 = 0.625;
const GATEWAY_REQUESTS: f64 = 1.0;
const LAMBDA_REQUESTS: f64 = 0.2;
const LAMBDA_GB_SECONDS: f64 = 13.3334;

/// What the page says of a lambda: its memory, and its time in all and for each round trip.
const MEMORY_GB: f64 = 0.25;
const OWN_SECONDS: f64 = 0.002;
const ROUND_TRIP_SECONDS: f64 = 0.005;

/// What a request to `route` costs according to the page, as [`tests::faults::cost()`] shows it.
pub fn expected(route: &str) -> String {
    let row = routes().into_iter().find(|row| row.name == route);
    let Route { round_trips, read, written, .. } = row.expect("a row of docs/cost.md");
    format!("{round_trips} round trips, {read} read, {written} written")
}

fn routes() -> Vec<Route> {
    let row = |cells: Vec<&'static str>| match cells[..] {
        [name, round_trips, read, written, dollars] => Route {
            name,
            round_trips: number(round_trips),
            read: number(read),
            written: number(written),
            dollars: number(dollars),
        },
        _ => panic!("a row of five cells: {cells:?}"),
    };
    table("| route |").into_iter().map(row).collect()
}

/// The cells of the table whose first line begins with `head`.
fn table(head: &str) -> Vec<Vec<&'static str>> {
    let lines = include_str!("../../docs/cost.md").lines();
    let rows = lines.skip_while(|line| !line.starts_with(head)).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    rows.map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

fn number(cell: &str) -> f64 {
    cell.replace([',', '*'], "").parse().expect("a number")
}

impl Route {
    fn price(&self) -> f64 {
        let seconds = OWN_SECONDS + self.round_trips * ROUND_TRIP_SECONDS;
        self.read * READ_UNITS
            + self.written * WRITE_UNITS
            + GATEWAY_REQUESTS
            + LAMBDA_REQUESTS
            + seconds * MEMORY_GB * LAMBDA_GB_SECONDS
    }
}

#[test]
fn the_dollars_of_a_million_follow_from_the_units() {
    for route in routes() {
        let price = route.price();
        assert!((price - route.dollars).abs() < 0.006, "{}: {price}", route.name);
    }
}

/// What a chat may cost at most, for a million requests.
#[test]
fn a_million_requests_stay_within_their_budgets() {
    for (name, budget) in [
        ("send, with a `clientMessageId`", 3.0),
        ("send, without", 2.4),
        ("send to a group of any size, with a `clientMessageId`", 2.7),
        ("send to a group of any size, without", 2.1),
        ("check messages, 10 conversations", 2.8),
    ] {
        let route = routes().into_iter().find(|route| route.name == name).expect("a row");
        assert!(route.price() <= budget, "{name}: {} > {budget}", route.price());
    }
}

#[test]
fn the_prices_are_those_of_the_page() {
    let prices = table("| what | price |");
    for (what, price) in [
        ("DynamoDB, a million read units", READ_UNITS),
        ("DynamoDB, a million write units", WRITE_UNITS),
        ("API Gateway, HTTP API, a million requests", GATEWAY_REQUESTS),
        ("Lambda, a million requests", LAMBDA_REQUESTS),
        ("Lambda, arm64, a GB-second", LAMBDA_GB_SECONDS / 1e6),
    ] {
        let row = prices.iter().find(|cells| cells[0] == what).expect("a row");
        assert!((number(row[1].trim_start_matches('$')) - price).abs() < 1e-12, "{what}");
    }
}

#[test]
fn the_months_bill_adds_up() {
    let (mut sums, mut of_routes) = ([0.0; 3], 0);
    for cells in table("| what | a user and day |") {
        let [name, a_day, bills @ ..] = &cells[..] else { panic!("a row: {cells:?}") };
        let bills: Vec<f64> = bills.iter().map(|bill| number(bill)).collect();
        assert_eq!(bills.len(), sums.len(), "{name}");
        if *name == "**all**" {
            assert_eq!(of_routes, 7, "a line's route is not in the table of routes");
            for (sum, bill) in sums.iter().zip(&bills) {
                // Each line of some fifteen is rounded: to a cent in a small bill, to a dollar in others.
                let rounded = if *bill < 100.0 { 0.6 } else { 8.0 };
                assert!((sum - bill).abs() <= rounded, "the sum is {sum}, not {bill}");
            }
            return;
        }
        if let Some(route) = routes().iter().find(|route| route.name == *name) {
            of_routes += 1;
            for (users, bill) in [1e3, 1e5, 1e7].iter().zip(&bills) {
                let computed = users * 30.0 * number(a_day) / 1e6 * route.price();
                let rounded = if *bill < 10.0 { 0.006 } else { 0.51 };
                assert!((computed - bill).abs() <= rounded, "{name}: {computed}");
            }
        }
        sums.iter_mut().zip(&bills).for_each(|(sum, bill)| *sum += bill);
    }
    panic!("the bill has no last line");
}
