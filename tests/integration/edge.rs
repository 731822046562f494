//! Rules for every request: client address, cross-site requests, forms, response headers.

mod client_address;
mod cross_site;
mod devices;
mod forms;
mod header_bytes;
mod headers;
mod instances;
mod loopback;
