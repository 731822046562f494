//! The operations of the contract that this service always refuses. The document leaves them out, so that generated
//! clients do not have them; the page lists them.

use utoipa::openapi::{OpenApi, PathItem, path::Operation};

use crate::ui::reference::UnavailableOperation;

/// The tag of the operations that are always refused.
const TAG: &str = "Not available";

/// Removes the operations that are always refused.
pub fn take_unavailable(document: &mut OpenApi) -> Vec<UnavailableOperation> {
    let mut taken = Vec::new();
    for (path, item) in &mut document.paths.paths {
        let PathItem { get, put, post, delete, patch, .. } = item;
        for (method, slot) in [("GET", get), ("PUT", put), ("POST", post), ("DELETE", delete), ("PATCH", patch)] {
            if let Some(operation) = slot.take_if(|operation| is_unavailable(operation)) {
                let summary = operation.summary.unwrap_or_default();
                taken.push(UnavailableOperation { method, path: path.clone(), summary });
            }
        }
    }
    document.paths.paths.retain(|_, item| *item != PathItem::default());
    taken
}

fn is_unavailable(operation: &Operation) -> bool {
    operation.tags.iter().flatten().any(|tag| tag == TAG)
}
