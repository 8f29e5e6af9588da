//! Signing in and out, and the own account.

pub(super) mod password;
pub(super) mod second_factor_offer;
pub(super) mod second_factor_proof;
pub(super) mod show;
pub(super) mod sign_in;
pub(super) mod sign_out;
