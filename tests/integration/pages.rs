//! The pages of a signed-in user, and the addresses that lead to another page.

mod account;
mod home;
mod redirects;
mod reference;
