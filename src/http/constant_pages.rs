//! Pages that are the same for all visitors who are not signed in, rendered once.

use std::{
    any::TypeId,
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use leptos::nonce::Nonce;

use crate::ui::page::Page;

/// The rendered pages, without the nonces of their scripts.
pub struct ConstantPages {
    /// The nonce of the rendered pages. Random, so that it occurs nowhere else in them.
    placeholder: Nonce,
    pages: RwLock<HashMap<TypeId, Arc<[String]>>>,
}

impl ConstantPages {
    /// No page is rendered yet.
    pub fn new() -> Self {
        Self { placeholder: Nonce::new(), pages: RwLock::default() }
    }

    /// The HTML of a page with this nonce. Only the first call for each type of page calls `render`.
    pub fn html<P: Page + 'static>(&self, nonce: &Nonce, render: impl FnOnce(Nonce) -> String) -> String {
        let parts = self.rendered::<P>().unwrap_or_else(|| {
            let html = render(self.placeholder.clone());
            let parts: Arc<[String]> = html.split(&*self.placeholder).map(str::to_owned).collect();
            self.pages.write().unwrap_or_else(PoisonError::into_inner).insert(TypeId::of::<P>(), Arc::clone(&parts));
            parts
        });
        parts.join(&**nonce)
    }

    fn rendered<P: Page + 'static>(&self) -> Option<Arc<[String]>> {
        self.pages.read().unwrap_or_else(PoisonError::into_inner).get(&TypeId::of::<P>()).cloned()
    }
}
