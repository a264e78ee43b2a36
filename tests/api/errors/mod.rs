//! Everything that a request can have wrong, on every route. A refused request says what is wrong, shows nothing of the
//! inside and stores nothing.

mod body;
mod paging;
mod path;
mod token;
mod value;
mod world;
