//! The rules that every route of the contract shares.

pub mod error;
pub mod kinds;
pub mod members;
pub mod origin;
pub mod preconditions;
pub mod query;
pub mod raw_body;
pub mod redirect;
pub mod responses;
pub mod valid;

pub use error::{ContractError, ContractErrorBody};
pub use kinds::{
    DisplayName, EmailAddress, EmailText, Flag, FlagOr, ImageUrl, Kind, NameText, Nested, NewPassword, NonEmpty,
    Nullable, Number, Optional, PasswordText, Record, Text, Texts,
};
pub use members::{MemberSet, Members, Shape, ValidationError};
pub use origin::{CallbackError, LoginCsrfError, check_callback};
pub use preconditions::LayerError;
pub use query::ContractQuery;
pub use responses::{GetErrors, PostErrors};
pub(crate) use valid::members;
pub use valid::{AnyMembers, ValidBody, ValidQuery, property};
