//! People: workers on the floor, accounts of the office, what each may do, and what proves who they are.

mod account;
mod password;
mod pin;
mod right;
mod worker;

pub use account::{Account, AccountFault, LoginName};
pub use password::{PASSWORD_CHARACTERS_MIN, PasswordFault, check_password};
pub use pin::{LONGEST_PIN, PIN_COST, PinCost, PinFault, PinPatience, SHORTEST_PIN, check_new_pin};
pub use right::{OfficeRole, Right, rights_of};
pub use worker::{AuthLevel, Role, Worker};
