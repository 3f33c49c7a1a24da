//! The mail component as the mailbox that the pages ask.

use mail_abi::client;
use partywall::com_abi::HRESULT;
use webmail_pages::{
    Attachment, Failure, Folder, ListQuery, Mailbox, Message, MessagePage, Sort, Stage, Summary,
};

/// A mailbox of the mail component.
pub struct ComponentMailbox(pub client::Mailbox);

/// The HRESULT of a method as the pages know it.
fn called<T>(result: Result<T, HRESULT>) -> Result<T, Failure> {
    result.map_err(|code| Failure { stage: Stage::Mailbox, code: code.0.cast_unsigned() })
}

impl Mailbox for ComponentMailbox {
    fn folders(&self) -> Result<Vec<Folder>, Failure> {
        let folders = called(self.0.folders())?;
        Ok(folders.into_iter().map(folder).collect())
    }

    fn messages(&self, query: &ListQuery) -> Result<MessagePage, Failure> {
        let page = called(self.0.messages(&list_query(query)))?;
        let messages = page.messages.into_iter().map(summary).collect();
        Ok(MessagePage { total: page.total, messages })
    }

    fn message(&self, id: &str) -> Result<Message, Failure> {
        called(self.0.message(id)).map(message)
    }

    fn attachments(&self, id: &str) -> Result<Vec<Attachment>, Failure> {
        let attachments = called(self.0.attachments(id))?;
        Ok(attachments.into_iter().map(attachment).collect())
    }

    fn attachment(&self, id: &str, number: u32) -> Result<Vec<u8>, Failure> {
        called(self.0.attachment(id, number))
    }

    fn set_read(&self, id: &str, read: bool) -> Result<(), Failure> {
        called(self.0.set_read(id, read))
    }
}

fn list_query(query: &ListQuery) -> client::Query {
    client::Query {
        folder: query.folder.clone(),
        search: query.search.clone(),
        sort: match query.sort {
            Sort::Date => client::Sort::Date,
            Sort::Sender => client::Sort::Sender,
            Sort::Subject => client::Sort::Subject,
            Sort::Size => client::Sort::Size,
        },
        descending: query.descending,
        start: query.start,
        limit: query.limit,
    }
}

fn folder(from: client::Folder) -> Folder {
    let client::Folder { id, name, depth, messages, unread } = from;
    Folder { id, name, depth, messages, unread }
}

fn summary(from: client::Summary) -> Summary {
    let client::Summary { id, subject, sender, received, size, attachments, read, flagged } = from;
    Summary { id, subject, sender, received, size, attachments, read, flagged }
}

fn message(from: client::Message) -> Message {
    Message {
        subject: from.subject,
        sender: from.sender,
        sender_address: from.sender_address,
        to: from.to,
        cc: from.cc,
        text: from.text,
        html: from.html,
        headers: from.headers,
        received: from.received,
        size: from.size,
        read: from.read,
    }
}

fn attachment(from: client::Attachment) -> Attachment {
    let client::Attachment { number, size, name, content_type, content_id } = from;
    Attachment { number, size, name, content_type, content_id }
}
