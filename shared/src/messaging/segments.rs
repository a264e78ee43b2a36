//! Of how many parts a text message consists (3GPP TS 23.038 and 23.040).

/// The characters that take one place of the default alphabet.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
    ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Those that take two.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// What one part holds alone, and beside others: 7-bit places.
const GSM: (usize, usize) = (160, 153);
/// The same for UTF-16 code units, which are used as soon as one character is in neither list.
const UCS2: (usize, usize) = (70, 67);

/// The number of parts, each of which is paid for.
#[must_use]
pub fn segments(text: &str) -> u32 {
    let places: Option<usize> = text.chars().map(places).sum();
    let (length, (alone, beside)) = match places {
        Some(places) => (places, GSM),
        None => (text.encode_utf16().count(), UCS2),
    };
    let parts = if length <= alone { 1 } else { length.div_ceil(beside) };
    parts.try_into().unwrap_or(u32::MAX)
}

fn places(c: char) -> Option<usize> {
    if BASIC.contains(c) { Some(1) } else { EXTENDED.contains(c).then_some(2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_as_carriers_count_them() {
        for (text, parts) in [
            (String::new(), 1),
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("a".repeat(306), 2),
            ("a".repeat(307), 3),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            ("ç".repeat(70), 1),
            ("ç".repeat(71), 2),
            ("😀".repeat(35), 1),
            ("😀".repeat(36), 2),
            (format!("{}ш", "a".repeat(134)), 3),
        ] {
            assert_eq!(segments(&text), parts, "{text}");
        }
    }
}
