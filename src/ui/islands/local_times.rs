//! Times in the browser's time zone and language.

use leptos::prelude::*;

/// Rewrites every `<time datetime>` of the page. The server renders them in UTC and English.
#[island]
pub fn LocalTimes() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    rewrite();
}

#[cfg(feature = "hydrate")]
fn rewrite() {
    use std::cell::LazyCell;

    use js_sys::{
        Array,
        Intl::{DateTimeFormat, DateTimeFormatOptions, DateTimeStyle},
    };
    use wasm_bindgen::{JsCast, JsValue};

    // Creating a format takes longer than using it, so each is created when it is first needed.
    let format = |date, time| {
        LazyCell::new(move || {
            let options = DateTimeFormatOptions::new();
            options.set_date_style(date);
            options.set_time_style(time);
            DateTimeFormat::new(&Array::new(), &options).format()
        })
    };
    let short = format(DateTimeStyle::Medium, DateTimeStyle::Short);
    let precise = format(DateTimeStyle::Medium, DateTimeStyle::Medium);
    let full = format(DateTimeStyle::Full, DateTimeStyle::Long);

    let Ok(times) = document().query_selector_all("time[datetime]") else { return };
    for index in 0..times.length() {
        let Some(time) = times.get(index).and_then(|node| node.dyn_into::<web_sys::Element>().ok()) else { continue };
        let Some(moment) = time.get_attribute("datetime") else { continue };
        let moment = js_sys::Date::new(&JsValue::from_str(&moment));
        let text = |format: &js_sys::Function| format.call1(&JsValue::UNDEFINED, &moment).ok()?.as_string();
        let short = if time.has_attribute("data-seconds") { &precise } else { &short };
        if let (Some(short), Some(full)) = (text(short), text(&full)) {
            time.set_text_content(Some(&short));
            let _ = time.set_attribute("title", &full);
        }
    }
}
