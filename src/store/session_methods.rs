//! The methods of the sign-in of a session that continues: a second factor that is set up or removed in it.

use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    entity::session::{Column, Entity},
    transaction::Transaction,
};
use crate::domain::{
    SessionId, UserId,
    authentication::{AuthMethod, AuthMethods},
};

/// Adds a method to the sign-in of one of `owner`'s sessions. The time of the sign-in stays.
pub(super) async fn add(
    transaction: &Transaction,
    owner: UserId,
    id: SessionId,
    method: AuthMethod,
) -> Result<(), DbErr> {
    let only = AuthMethods::of(method);
    change(transaction, owner, id, |methods| Some(methods.map_or(only, |methods| methods.with(method)))).await
}

/// Removes the second step from the sign-in of one of `owner`'s sessions: the factor is gone.
pub(super) async fn remove_second_factor(transaction: &Transaction, owner: UserId, id: SessionId) -> Result<(), DbErr> {
    let without = |methods: Option<AuthMethods>| methods.and_then(AuthMethods::without_second_factor);
    change(transaction, owner, id, without).await
}

async fn change(
    transaction: &Transaction,
    owner: UserId,
    id: SessionId,
    change: impl FnOnce(Option<AuthMethods>) -> Option<AuthMethods>,
) -> Result<(), DbErr> {
    let session = Entity::find_by_id(id.uuid())
        .filter(Column::UserId.eq(owner.as_str()))
        .filter(Column::EndedAt.is_null())
        .one(transaction)
        .await?;
    let Some(session) = session else { return Ok(()) };
    let methods = change(session.amr.and_then(|methods| methods.parse().ok()));
    Entity::update_many()
        .col_expr(Column::Amr, Expr::value(methods.map(|methods| methods.to_string())))
        .filter(Column::Id.eq(id.uuid()))
        .exec(transaction)
        .await?;
    Ok(())
}
