//! The operations of the contract that this service always refuses. The document leaves them out, so that generated
//! clients do not have them; the page lists them.

use utoipa::openapi::{OpenApi, PathItem, path::Operation};

/// The tag of the operations that are always refused.
const TAG: &str = "Not available";

/// An operation of the contract that this service always refuses.
pub struct Unavailable {
    /// The HTTP method.
    pub method: &'static str,
    /// The path.
    pub path: String,
    /// The summary of the operation in the contract.
    pub summary: String,
}

/// Removes the operations that are always refused.
pub fn take_unavailable(document: &mut OpenApi) -> Vec<Unavailable> {
    let mut taken = Vec::new();
    for (path, item) in &mut document.paths.paths {
        let PathItem { get, put, post, delete, patch, .. } = item;
        for (method, slot) in [("GET", get), ("PUT", put), ("POST", post), ("DELETE", delete), ("PATCH", patch)] {
            if let Some(operation) = slot.take_if(|operation| is_unavailable(operation)) {
                let summary = operation.summary.unwrap_or_default();
                taken.push(Unavailable { method, path: path.clone(), summary });
            }
        }
    }
    document.paths.paths.retain(|_, item| *item != PathItem::default());
    taken
}

fn is_unavailable(operation: &Operation) -> bool {
    operation.tags.iter().flatten().any(|tag| tag == TAG)
}
