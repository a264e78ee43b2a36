//! `cargo run -p contract`: writes the documents of `api/` anew.

use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api");
    fs::create_dir_all(&folder)?;
    for document in contract::documents()? {
        fs::write(folder.join(document.name), document.text)?;
        println!("api/{}", document.name);
    }
    Ok(())
}
