//! `MessageTemplates`: `TemplateName` → subject and body. The index `names` lists them.

use serde::Deserialize;

use super::{Result, Store, from_item, from_items, key, one_more, page_of, text, to_item};
use crate::messaging::{StoredTemplate, TemplateName};

const TABLE: &str = "MessageTemplates";
const KEY: &str = "TemplateName";
const NAMES: &str = "names";
const LISTED_IN: &str = "listedIn";
/// The one partition of the index of names.
const ALL: &str = "all";

/// The templates.
#[derive(Debug, Clone)]
pub struct Templates {
    store: Store,
}

impl Templates {
    /// Over `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// The template, read strongly.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked; so for all that follow.
    pub async fn get(&self, name: &TemplateName) -> Result<Option<StoredTemplate>> {
        let request = self.store.client.get_item().table_name(self.store.table(TABLE));
        let output = request.key(KEY, text(name)).consistent_read(true).send().await?;
        output.item.map(from_item).transpose()
    }

    /// Keeps a template, in place of the one of its name.
    ///
    /// # Errors
    /// As [`Templates::get`].
    pub async fn put(&self, template: &StoredTemplate) -> Result<()> {
        let mut row = to_item(template)?;
        row.insert(LISTED_IN.to_owned(), text(ALL));
        let request = self.store.client.put_item().table_name(self.store.table(TABLE));
        request.set_item(Some(row)).send().await?;
        Ok(())
    }

    /// Deletes the template; it need not be there.
    ///
    /// # Errors
    /// As [`Templates::get`].
    pub async fn delete(&self, name: &TemplateName) -> Result<()> {
        let request = self.store.client.delete_item().table_name(self.store.table(TABLE));
        request.key(KEY, text(name)).send().await?;
        Ok(())
    }

    /// `limit` names behind `after`, and the last of them where there may be more.
    ///
    /// # Errors
    /// As [`Templates::get`].
    pub async fn names(
        &self,
        after: Option<&TemplateName>,
        limit: usize,
    ) -> Result<(Vec<TemplateName>, Option<TemplateName>)> {
        let start = after.map(|name| key([(LISTED_IN, text(ALL)), (KEY, text(name))]));
        let request = self.store.client.query().table_name(self.store.table(TABLE));
        let output = request
            .index_name(NAMES)
            .key_condition_expression("listedIn = :all")
            .expression_attribute_values(":all", text(ALL))
            .limit(one_more(limit))
            .set_exclusive_start_key(start)
            .send()
            .await?;
        let cut_off = output.last_evaluated_key.is_some();
        let listed: Vec<Listed> = from_items(output.items.unwrap_or_default())?;
        let names = listed.into_iter().map(|listed| listed.template_name).collect();
        Ok(page_of(names, limit, cut_off, Clone::clone))
    }
}

/// What the index holds.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    template_name: TemplateName,
}
