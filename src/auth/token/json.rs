//! JSON without duplicate members.
//!
//! RFC 8259 §4 does not define which of two members with one name counts, so two parsers can read two different
//! users from one token. RFC 7515 §4 and RFC 7519 §4 allow refusing it.

use std::{cell::Cell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::TokenRefusal;

/// Parses exactly one JSON object.
pub(super) fn object(bytes: &[u8]) -> Result<Map<String, Value>, TokenRefusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| TokenRefusal::NotJsonObject)?;
    let duplicate = Cell::new(false);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    match Unambiguous(&duplicate).deserialize(&mut deserializer) {
        Ok(Value::Object(members)) if deserializer.end().is_ok() => Ok(members),
        Err(_) if duplicate.get() => Err(TokenRefusal::DuplicateMember),
        _ => Err(TokenRefusal::NotJsonObject),
    }
}

/// Parses any value. Sets its flag and fails if an object at any depth has a duplicate member.
#[derive(Clone, Copy)]
struct Unambiguous<'a>(&'a Cell<bool>);

impl<'de> DeserializeSeed<'de> for Unambiguous<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unambiguous<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                self.0.set(true);
                return Err(A::Error::custom("a member is named twice"));
            }
            let value = members.next_value_seed(self)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_through_unchanged() {
        let text = r#" {"a": [1, -2, 2.5, "x\n", true, null, {"b": {}}]} "#;
        assert_eq!(Value::Object(object(text.as_bytes()).unwrap()), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn a_name_may_recur_at_another_depth_only() {
        assert!(object(br#"{"a":{"a":1},"b":[{"a":1},{"a":2}]}"#).is_ok());
        for twice in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"{"b":[{"a":1,"a":2}]}"#] {
            assert_eq!(object(twice.as_bytes()), Err(TokenRefusal::DuplicateMember), "{twice}");
        }
    }

    #[test]
    fn anything_but_one_object_is_refused() {
        let mut deep = "[".repeat(10_000);
        deep.insert_str(0, r#"{"a":"#);
        for text in ["", "null", "[]", "{} {}", "{},", "{\"a\":01}", "{\"a\":1e999}", "{'a':1}", "\u{feff}{}", &deep] {
            assert_eq!(object(text.as_bytes()), Err(TokenRefusal::NotJsonObject), "{text:.20}");
        }
        assert_eq!(object(b"{\"a\":\"\xff\"}"), Err(TokenRefusal::NotJsonObject));
    }
}
