//! Taking records out as files: CSV, XLSX and NDJSON, of any filter and length.

mod columns;
pub(crate) mod http;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use kith_contracts::access::{Action, authorise};
use kith_kernel::{Actor, Failure};
use kith_store::{Class, RowStream};
use kith_tabular::{Format, Kind, Writer};

use crate::Records;
use crate::catalog::{Catalog, Object};
use crate::query::{ListRequest, Shape, Subject, plan_export};

use columns::{Columns, Headers};

/// What is to be taken out, and how.
pub(crate) struct ExportRequest {
    pub(crate) list: ListRequest,
    pub(crate) kind: Kind,
    pub(crate) headers: Headers,
}

/// A file under way.
struct Export {
    rows: stream::ReadyChunks<RowStream>,
    shape: Shape,
    columns: Columns,
    /// `None` where lines of JSON are written as they are.
    writer: Option<Writer<Vec<u8>>>,
    json: Vec<u8>,
    ended: bool,
}

impl Records {
    /// The records of a list as a file, read as it is taken. The connection is given back when the
    /// client has it all, or goes away.
    pub(crate) async fn export(
        &self,
        actor: &Actor,
        catalog: &Catalog,
        object: &Object,
        mut request: ExportRequest,
    ) -> Result<Body, Failure> {
        let permit = authorise(actor, Action::Export, Some(&object.key))?;
        if request.list.fields.is_none() {
            request.list.fields = Some(columns::all(object));
        }
        let columns = Columns::new(
            object,
            request.list.fields.as_deref().unwrap_or("*"),
            request.headers,
        );
        let plan = {
            let moment = self.moment(actor);
            let subject = Subject {
                catalog,
                object,
                permit: &permit,
                moment: &moment,
            };
            plan_export(&subject, &request.list)?
        };
        let rows = (self.store())
            .stream(
                permit.workspace(),
                Class::Reports,
                &plan.rows.sql,
                &plan.rows.params(),
            )
            .await?;
        let format = Format {
            sheet: object.label_plural.clone(),
            ..Format::of(request.kind)
        };
        let writer = match request.kind {
            Kind::Ndjson => None,
            _ => Some(Writer::new(Vec::new(), &format, columns.names())?),
        };
        let export = Export {
            rows: rows.ready_chunks(250),
            shape: plan.shape,
            columns,
            writer,
            json: Vec::new(),
            ended: false,
        };
        Ok(Body::from_stream(export.stream()))
    }
}

impl Export {
    fn stream(self) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
        stream::try_unfold(self, |mut export| async move {
            if export.ended {
                return Ok(None);
            }
            let bytes = match export.rows.next().await {
                Some(rows) => export.write(rows)?,
                None => export.finish()?,
            };
            Ok(Some((bytes, export)))
        })
    }

    fn write(
        &mut self,
        rows: Vec<Result<kith_store::Row, kith_store::StoreError>>,
    ) -> Result<Bytes, std::io::Error> {
        for row in rows {
            let row = row.map_err(std::io::Error::other)?;
            if self.writer.is_some() {
                self.json.clear();
            }
            self.shape
                .write(&row, &mut self.json)
                .map_err(std::io::Error::other)?;
            match &mut self.writer {
                None => self.json.push(b'\n'),
                Some(writer) => writer.write(&self.columns.cells(&self.json)?)?,
            }
        }
        Ok(match &mut self.writer {
            None => Bytes::from(std::mem::take(&mut self.json)),
            Some(writer) => Bytes::from(writer.sink_mut().map(std::mem::take).unwrap_or_default()),
        })
    }

    fn finish(&mut self) -> Result<Bytes, std::io::Error> {
        self.ended = true;
        match self.writer.take() {
            None => Ok(Bytes::new()),
            Some(writer) => Ok(Bytes::from(writer.finish()?.0)),
        }
    }
}
