//! A stream, from its request to its end.

mod http;
mod missed;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use kith_contracts::access::Sight;
use kith_contracts::{Authenticator, Credentials};
use kith_kernel::{Clock, ErrorCode, Failure};
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior, interval};
use uuid::Uuid;

use crate::Live;
use crate::frame::{end, hello, reset};
use crate::hub::Wish;
use crate::place::Place;
pub(crate) use http::routes;
use missed::Missed;

/// How often it is looked whether the client may still be here.
const LOOK: Duration = Duration::from_secs(10);

/// An open stream.
pub(crate) struct Open {
    live: Live,
    id: Uuid,
    wish: Wish,
    credentials: Credentials,
    phase: Phase,
    look: Interval,
}

enum Phase {
    /// It is to be told first who it is.
    First(Begin),
    /// It is shown what it missed.
    Missed(Missed),
    /// It is shown what happens.
    Live(mpsc::Receiver<Bytes>),
    Over,
}

/// Where a stream begins.
pub(crate) enum Begin {
    /// With what happens from now on.
    Now(Place, mpsc::Receiver<Bytes>),
    /// After a place.
    After(Place),
    /// It can't be known what it missed.
    Anew(Place, mpsc::Receiver<Bytes>),
}

impl Open {
    /// Opens a stream, as far as that can be refused.
    pub(crate) async fn begin(
        live: Live,
        wish: Wish,
        credentials: Credentials,
        last: Option<&str>,
        clock: &Clock,
    ) -> Result<Self, Failure> {
        let id = clock.next_uuid();
        live.hub().ready().await?;
        let after = match last {
            None => None,
            Some(text) => Some(Place::read(text, &live.hub().place().await)),
        };
        let begin = match after {
            Some(Some(place)) => Begin::After(place),
            unknown => {
                let (place, chunks) = join_now(&live, id, &wish).await?;
                match unknown {
                    None => Begin::Now(place, chunks),
                    Some(_) => Begin::Anew(place, chunks),
                }
            }
        };
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.reset();
        Ok(Self {
            live,
            id,
            wish,
            credentials,
            phase: Phase::First(begin),
            look,
        })
    }

    /// The stream's bytes.
    pub(crate) fn chunks(self) -> impl Stream<Item = Result<Bytes, std::convert::Infallible>> {
        futures_util::stream::unfold(self, async |mut open| {
            let chunk = open.next().await?;
            Some((Ok(chunk), open))
        })
    }

    async fn next(&mut self) -> Option<Bytes> {
        loop {
            match std::mem::replace(&mut self.phase, Phase::Over) {
                Phase::First(begin) => return Some(self.first(begin)),
                Phase::Missed(mut missed) => {
                    match missed.next(&self.live, self.id, &self.wish).await {
                        Ok(missed::Next::Chunk(chunk)) => {
                            self.phase = Phase::Missed(missed);
                            return Some(chunk);
                        }
                        Ok(missed::Next::Joined(chunks)) => self.phase = Phase::Live(chunks),
                        Err(failure) => return Some(end(&failure)),
                    }
                }
                Phase::Live(mut chunks) => {
                    tokio::select! {
                        biased;
                        () = self.live.closed().cancelled() => return None,
                        chunk = chunks.recv() => {
                            let chunk = chunk?;
                            self.phase = Phase::Live(chunks);
                            return Some(chunk);
                        }
                        _ = self.look.tick() => match self.may_stay().await {
                            Ok(true) => self.phase = Phase::Live(chunks),
                            Ok(false) => return None,
                            Err(failure) => return Some(end(&failure)),
                        },
                    }
                }
                Phase::Over => return None,
            }
        }
    }

    fn first(&mut self, begin: Begin) -> Bytes {
        match begin {
            Begin::Now(place, chunks) => {
                self.phase = Phase::Live(chunks);
                hello(self.id, Some(&place))
            }
            Begin::Anew(place, chunks) => {
                self.phase = Phase::Live(chunks);
                let mut first = hello(self.id, None).to_vec();
                first.extend_from_slice(&reset(&place));
                first.into()
            }
            Begin::After(place) => {
                self.phase = Phase::Missed(Missed::new(place));
                hello(self.id, None)
            }
        }
    }

    /// Whether the session or token still holds. `false` where it gives another sight now: the
    /// client comes back with that.
    async fn may_stay(&self) -> Result<bool, Failure> {
        let authenticator: &Arc<dyn Authenticator> = &self.live.deps().authenticator;
        match authenticator.authenticate(self.credentials.clone()).await {
            Ok(actor) => Ok(Sight::of(&actor) == Sight::of(&self.wish.actor)),
            Err(failure) if failure.code == ErrorCode::Unauthenticated => Err(failure),
            // It can't be asked now.
            Err(_) => Ok(true),
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let workspace = self.wish.actor.workspace;
        self.live.hub().leave(workspace, self.id);
        self.live.presences().leave(workspace, self.id);
    }
}

async fn join_now(
    live: &Live,
    id: Uuid,
    wish: &Wish,
) -> Result<(Place, mpsc::Receiver<Bytes>), Failure> {
    loop {
        let place = live.hub().place().await;
        if let Some(joined) = live.hub().join(&place, id, wish).await? {
            return Ok((place, joined.chunks));
        }
    }
}
