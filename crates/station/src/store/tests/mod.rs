//! The stores against a real SQLite in throw-away folders.
