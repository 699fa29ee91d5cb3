//! `kith init`, `kith user` and `kith token`.

use clap::{Args, Subcommand, ValueEnum};
use kith_identity::{NewOperatorUser, NewWorkspace, PasswordReset, WorkspaceDraft};
use kith_kernel::{Role, Scope};

use crate::config::DataFlags;
use crate::offline::{Offline, explain, password};
use crate::terminal::{say, warn};

/// Makes a workspace with its administrator.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The workspace's name.
    #[arg(long, value_name = "NAME")]
    workspace: String,
    /// The administrator's e-mail address.
    #[arg(long)]
    email: String,
    /// The administrator's name; what stands before the @ when absent.
    #[arg(long, default_value = "")]
    name: String,
    /// The currency of amounts that name none, ISO 4217. Default: EUR.
    #[arg(long)]
    currency: Option<String>,
    /// The region of phone numbers without a country code, ISO 3166-1. Default: US.
    #[arg(long)]
    region: Option<String>,
    /// The time zone in which days begin, such as Europe/Berlin. Default: UTC.
    #[arg(long)]
    time_zone: Option<String>,
    /// The language and formats, BCP 47. Default: en.
    #[arg(long)]
    locale: Option<String>,
    /// Read the administrator's password from standard input instead of asking for it.
    #[arg(long)]
    password_stdin: bool,
    /// Print an API token with all rights to standard output, and nothing else.
    #[arg(long)]
    print_token: bool,
    #[command(flatten)]
    settings: DataFlags,
}

impl Init {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let settings = self.settings.settings()?;
        let new = NewWorkspace {
            workspace: WorkspaceDraft {
                name: self.workspace,
                currency: self.currency,
                region: self.region,
                time_zone: self.time_zone,
                locale: self.locale,
            },
            email: self.email,
            name: self.name,
            password: password(self.password_stdin)?,
        };
        let offline = Offline::open(&settings).await?;
        let made = offline.services.identity.init_workspace(new).await;
        offline.close().await;
        let made = made.map_err(explain)?;
        let email = made.user.email.as_deref().unwrap_or_default();
        warn(&format!(
            "The workspace {} is made; {email} administers it.",
            made.workspace.name
        ));
        if self.print_token {
            say(made.token.expose());
        }
        Ok(())
    }
}

/// Which workspace, and the settings.
#[derive(Debug, Args)]
pub(crate) struct Where {
    /// The workspace's slug; not needed where there is only one.
    #[arg(long, value_name = "SLUG")]
    workspace: Option<String>,
    #[command(flatten)]
    settings: DataFlags,
}

/// A role as it is written on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RoleName {
    Administrator,
    Member,
    ReadOnly,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Administrator => Self::Administrator,
            RoleName::Member => Self::Member,
            RoleName::ReadOnly => Self::ReadOnly,
        }
    }
}

/// What to do with users.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// List the users.
    List {
        #[command(flatten)]
        at: Where,
    },
    /// Add a user, and print a link by which they choose their password.
    Add {
        /// The e-mail address.
        email: String,
        /// The full name.
        #[arg(long, default_value = "")]
        name: String,
        /// What the user may do.
        #[arg(long, value_enum, default_value = "member")]
        role: RoleName,
        /// Read the password from standard input instead of making a link.
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        at: Where,
    },
    /// Print a link by which a user chooses a new password.
    Password {
        /// The user's e-mail address.
        email: String,
        /// Read the new password from standard input instead of making a link.
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        at: Where,
    },
    /// Sign a user out everywhere and don't let them in again.
    Deactivate {
        /// The user's e-mail address.
        email: String,
        #[command(flatten)]
        at: Where,
    },
}

impl UserCommand {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let at = match &self {
            Self::List { at }
            | Self::Add { at, .. }
            | Self::Password { at, .. }
            | Self::Deactivate { at, .. } => at,
        };
        let settings = at.settings.settings()?;
        let slug = at.workspace.clone();
        let offline = Offline::open(&settings).await?;
        let done = self.act(&offline, slug.as_deref()).await;
        offline.close().await;
        done
    }

    async fn act(self, offline: &Offline, slug: Option<&str>) -> anyhow::Result<()> {
        let operator = offline.services.identity.operator();
        let workspace = operator.workspace(slug).await.map_err(explain)?;
        match self {
            Self::List { .. } => {
                for user in operator.users(&workspace).await.map_err(explain)? {
                    let role = serde_json::to_value(user.role)?;
                    let state = if user.active { "active" } else { "inactive" };
                    let email = user.email.as_deref().unwrap_or("-");
                    let role = role.as_str().unwrap_or_default();
                    say(&format!("{email}\t{}\t{role}\t{state}", user.name));
                }
            }
            Self::Add {
                email,
                name,
                role,
                password_stdin,
                ..
            } => {
                let password = password_stdin.then(|| password(true)).transpose()?;
                let new = NewOperatorUser {
                    name: if name.is_empty() {
                        local_part(&email)
                    } else {
                        name
                    },
                    email,
                    role: role.into(),
                    password,
                };
                let (user, link) = operator.add_user(&workspace, new).await.map_err(explain)?;
                warn(&format!("{} is added to {}.", user.name, workspace.name));
                if let Some(link) = link {
                    say(link.url.expose());
                }
            }
            Self::Password {
                email,
                password_stdin,
                ..
            } => {
                let new = password_stdin.then(|| password(true)).transpose()?;
                let reset = operator.reset_password(&workspace, &email, new).await;
                match reset.map_err(explain)? {
                    PasswordReset::Set => warn("The password is changed; all sessions ended."),
                    PasswordReset::Link(link) => say(link.url.expose()),
                }
            }
            Self::Deactivate { email, .. } => {
                let user = operator.deactivate_user(&workspace, &email).await;
                warn(&format!(
                    "{} can't sign in any more.",
                    user.map_err(explain)?.name
                ));
            }
        }
        Ok(())
    }
}

fn local_part(email: &str) -> String {
    email.split('@').next().unwrap_or_default().to_owned()
}

/// What to do with API tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make an API token for a user and print it, once.
    Create {
        /// The user's e-mail address.
        email: String,
        /// What the token is for.
        #[arg(long, default_value = "Command line")]
        name: String,
        /// What the token is good for, separated by commas: records:read, records:write, admin.
        /// Default: all that the user may do.
        #[arg(long, value_delimiter = ',', value_parser = scope)]
        scopes: Option<Vec<Scope>>,
        /// After how many days it ends; without it, when it is revoked.
        #[arg(long)]
        days: Option<u32>,
        #[command(flatten)]
        at: Where,
    },
}

fn scope(text: &str) -> Result<Scope, String> {
    serde_json::from_value(text.into())
        .map_err(|_| "there are records:read, records:write and admin".to_owned())
}

impl TokenCommand {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let Self::Create {
            email,
            name,
            scopes,
            days,
            at,
        } = self;
        let offline = Offline::open(&at.settings.settings()?).await?;
        let made = async {
            let operator = offline.services.identity.operator();
            let workspace = operator.workspace(at.workspace.as_deref()).await?;
            operator
                .create_token(&workspace, &email, &name, scopes.as_deref(), days)
                .await
        };
        let made = made.await;
        offline.close().await;
        let (_, token) = made.map_err(explain)?;
        say(token.expose());
        Ok(())
    }
}
