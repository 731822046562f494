//! Times in the browser's time zone.

use leptos::prelude::*;

/// Rewrites every `<time datetime>` of the page. The server renders them in UTC.
#[island]
pub fn LocalTimes() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::rewrite();
}

#[cfg(feature = "hydrate")]
mod browser {
    use js_sys::Date;
    use leptos::prelude::document;
    use wasm_bindgen::{JsCast, JsValue};
    use web_sys::Element;

    pub fn rewrite() {
        let Ok(times) = document().query_selector_all("time[datetime]") else { return };
        for index in 0..times.length() {
            let time = times.get(index).and_then(|node| node.dyn_into().ok());
            let _ = time.as_ref().and_then(show_local);
        }
    }

    /// Writes the local time in the server's format. The title adds the time zone.
    ///
    /// The first use of `Intl` in a page takes 40 ms of processor time, so the text comes from `Date.toString`. ECMA-262
    /// §21.4.4.41 fixes its format: "Sat Nov 21 2026 15:45:30 GMT+0530 (India Standard Time)".
    fn show_local(time: &Element) -> Option<()> {
        let moment = Date::new(&JsValue::from_str(&time.get_attribute("datetime")?));
        let full = String::from(moment.to_string());
        let mut words = full.split(' ').skip(1);
        let (month, day, year, clock) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let clock = if time.has_attribute("data-seconds") { clock } else { clock.rsplit_once(':')?.0 };
        time.set_text_content(Some(&[day.trim_start_matches('0'), " ", month, " ", year, ", ", clock].concat()));
        time.set_attribute("title", &full).ok()
    }
}
