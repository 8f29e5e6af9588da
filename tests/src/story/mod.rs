//! Stories that more than one program tells.
