//! The open connections: how many there may be, and how long each may wait.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ipnet::IpNet;

use super::activity::{Activity, Phase};
use crate::auth::throttle::Network;

/// Limits of connections.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections in total.
    pub total: usize,
    /// Connections from one IPv4 address or IPv6 /64.
    pub per_narrow_network: usize,
    /// Connections from one IPv4 /24 or IPv6 /48.
    pub per_wide_network: usize,
    /// How long a client may take to send the head of a request.
    pub head: Duration,
    /// How long a connection may be open between two requests. Longer than the 60 s after which common reverse proxies
    /// close their connections, so that the proxy closes first.
    pub idle: Duration,
    /// How long a client may accept no data.
    pub stalled: Duration,
}

impl Limits {
    /// The limits of the service, and at most `total` connections.
    pub fn with_total(total: usize) -> Self {
        Self {
            total: total.min(10_240),
            per_narrow_network: 256,
            per_wide_network: 1_024,
            head: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            stalled: Duration::from_secs(30),
        }
    }
}

/// The open connections.
pub struct Connections {
    limits: Limits,
    /// Networks of reverse proxies, whose connections are limited only in total.
    proxies: Vec<IpNet>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    last_id: u64,
    entries: HashMap<u64, Entry>,
    per_network: HashMap<Network, usize>,
}

struct Entry {
    activity: Arc<Activity>,
    /// The networks that the connection counts for.
    networks: Vec<Network>,
}

/// An admitted connection. It counts as open until it is dropped.
pub(super) struct Admitted {
    id: u64,
    activity: Arc<Activity>,
    connections: Arc<Connections>,
}

impl Connections {
    /// No connection is open yet. Connections from `proxies` and from this machine have no limit per network.
    pub fn new(limits: Limits, proxies: Vec<IpNet>) -> Self {
        Self { limits, proxies, open: Mutex::default() }
    }

    /// Admits a connection. Above a limit it closes the connection that has waited for a request longest; `None` if all
    /// connections are waiting for their answers.
    pub(super) fn admit(self: &Arc<Self>, peer: IpAddr) -> Option<Admitted> {
        let networks = self.counted_networks(peer);
        let mut open = self.open();
        let limits = [self.limits.per_narrow_network, self.limits.per_wide_network];
        for (network, limit) in networks.iter().zip(limits) {
            if open.per_network.get(network).is_some_and(|count| *count >= limit) {
                open.close_oldest(|entry| entry.networks.contains(network))?;
            }
        }
        if open.entries.len() >= self.limits.total {
            open.close_oldest(|_| true)?;
        }
        let activity = Arc::new(Activity::new());
        let id = open.insert(Entry { activity: Arc::clone(&activity), networks });
        drop(open);
        Some(Admitted { id, activity, connections: Arc::clone(self) })
    }

    /// Closes the connections that have waited too long for their clients.
    pub(super) fn close_expired(&self) {
        let Limits { head, idle, stalled, .. } = self.limits;
        let mut open = self.open();
        let expired: Vec<u64> = open
            .entries
            .iter()
            .filter(|(_, entry)| {
                let is_late = match entry.activity.phase() {
                    (Phase::Head, waited) => waited >= head,
                    (Phase::Idle, waited) => waited >= idle,
                    (Phase::Answer, _) => false,
                };
                is_late || entry.activity.stalled() >= stalled
            })
            .map(|(id, _)| *id)
            .collect();
        for id in expired {
            open.close(id);
        }
    }

    fn counted_networks(&self, peer: IpAddr) -> Vec<Network> {
        let is_proxy = peer.is_loopback() || self.proxies.iter().any(|proxy| proxy.contains(&peer));
        if is_proxy { Vec::new() } else { vec![Network::of(peer), Network::of(peer).site()] }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn insert(&mut self, entry: Entry) -> u64 {
        for network in &entry.networks {
            *self.per_network.entry(*network).or_default() += 1;
        }
        self.last_id += 1;
        self.entries.insert(self.last_id, entry);
        self.last_id
    }

    fn remove(&mut self, id: u64) -> Option<Entry> {
        let entry = self.entries.remove(&id)?;
        for network in &entry.networks {
            if let Some(count) = self.per_network.get_mut(network) {
                *count -= 1;
                if *count == 0 {
                    self.per_network.remove(network);
                }
            }
        }
        Some(entry)
    }

    fn close(&mut self, id: u64) {
        if let Some(entry) = self.remove(id) {
            entry.activity.close();
        }
    }

    /// Closes the connection that has waited longest for a request, among those that match. `None` without one.
    fn close_oldest(&mut self, matches: impl Fn(&Entry) -> bool) -> Option<()> {
        let waiting = self.entries.iter().filter(|(_, entry)| matches(entry)).filter_map(|(id, entry)| {
            let (phase, waited) = entry.activity.phase();
            (phase != Phase::Answer).then_some((waited, *id))
        });
        // Of two that have waited equally long, the one that was opened first.
        let (_, oldest) = waiting.max_by_key(|(waited, id)| (*waited, std::cmp::Reverse(*id)))?;
        self.close(oldest);
        Some(())
    }
}

impl Admitted {
    pub(super) fn activity(&self) -> Arc<Activity> {
        Arc::clone(&self.activity)
    }

    /// Completes when the connection is to be closed.
    pub(super) async fn closed(&self) {
        self.activity.closed().await;
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.connections.open().remove(self.id);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use tokio::time::advance;

    use super::*;

    const LIMITS: Limits = Limits {
        total: 6,
        per_narrow_network: 2,
        per_wide_network: 3,
        head: Duration::from_secs(10),
        idle: Duration::from_secs(75),
        stalled: Duration::from_secs(30),
    };

    fn connections() -> Arc<Connections> {
        Arc::new(Connections::new(LIMITS, vec!["10.0.0.0/8".parse().unwrap()]))
    }

    fn admit(connections: &Arc<Connections>, peer: &str) -> Option<Admitted> {
        connections.admit(peer.parse().unwrap())
    }

    fn is_closed(admitted: &Admitted) -> bool {
        admitted.closed().now_or_never().is_some()
    }

    /// Which connections are closed once this time has passed.
    async fn closed_after<const N: usize>(
        seconds: u64,
        connections: &Connections,
        admitted: [&Admitted; N],
    ) -> [bool; N] {
        advance(Duration::from_secs(seconds)).await;
        connections.close_expired();
        admitted.map(is_closed)
    }

    #[tokio::test(start_paused = true)]
    async fn admit_above_total_closes_the_oldest() {
        let connections = connections();
        let mut open = Vec::new();
        for host in 0..6 {
            open.push(admit(&connections, &format!("192.0.{host}.1")).unwrap());
            advance(Duration::from_secs(1)).await;
        }
        let busy = open[0].activity().answer();
        // A connection that has just been used is not the oldest.
        drop(open[1].activity().answer());
        let next = admit(&connections, "192.0.6.1").unwrap();
        assert_eq!(open.iter().map(is_closed).collect::<Vec<_>>(), [false, false, true, false, false, false]);
        drop((busy, next));
    }

    #[tokio::test(start_paused = true)]
    async fn admit_while_all_are_busy_is_refused() {
        let connections = connections();
        let open: Vec<_> = (0..6).map(|host| admit(&connections, &format!("192.0.{host}.1")).unwrap()).collect();
        let busy: Vec<_> = open.iter().map(|admitted| admitted.activity().answer()).collect();
        assert!(admit(&connections, "127.0.0.1").is_none());
        drop(busy);
        assert!(admit(&connections, "127.0.0.1").is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn admit_from_full_network_closes_its_own() {
        for (same_narrow, same_wide) in [("192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8:0:1::1")] {
            let connections = connections();
            let other = admit(&connections, "198.51.100.1").unwrap();
            advance(Duration::from_secs(1)).await;
            let first = admit(&connections, same_narrow).unwrap();
            advance(Duration::from_secs(1)).await;
            let second = admit(&connections, same_narrow).unwrap();
            advance(Duration::from_secs(1)).await;
            let third = admit(&connections, same_narrow).unwrap();
            assert_eq!([&other, &first, &second, &third].map(is_closed), [false, true, false, false]);
            let neighbour = admit(&connections, same_wide).unwrap();
            let another = admit(&connections, same_wide).unwrap();
            assert_eq!([&other, &second, &third, &neighbour].map(is_closed), [false, true, false, false]);
            drop(another);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn admit_from_proxies_has_no_network_limit() {
        for peer in ["127.0.0.1", "::1", "10.1.2.3"] {
            let connections = connections();
            let open: Vec<_> = (0..6).map(|_| admit(&connections, peer).unwrap()).collect();
            assert!(!open.iter().any(is_closed), "{peer}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn close_expired_closes_late_heads() {
        let connections = connections();
        let silent = admit(&connections, "192.0.1.1").unwrap();
        let unfinished = admit(&connections, "192.0.2.1").unwrap();
        drop(unfinished.activity().answer());
        let busy = admit(&connections, "192.0.3.1").unwrap();
        let answering = busy.activity().answer();
        assert_eq!(closed_after(9, &connections, [&silent, &unfinished, &busy]).await, [false; 3]);
        unfinished.activity().received();
        assert_eq!(closed_after(1, &connections, [&silent, &unfinished, &busy]).await, [true, false, false]);
        // More data does not prolong the wait.
        unfinished.activity().received();
        assert_eq!(closed_after(9, &connections, [&unfinished, &busy]).await, [true, false]);
        assert_eq!(closed_after(3_600, &connections, [&busy]).await, [false], "the request has its own timeout");
        drop(answering);
        assert_eq!(closed_after(74, &connections, [&busy]).await, [false]);
        assert_eq!(closed_after(1, &connections, [&busy]).await, [true]);
    }

    #[tokio::test(start_paused = true)]
    async fn close_expired_closes_stalled_readers() {
        let connections = connections();
        let stalled = admit(&connections, "192.0.1.1").unwrap();
        let slow = admit(&connections, "192.0.2.1").unwrap();
        let answering = [stalled.activity().answer(), slow.activity().answer()];
        stalled.activity().sent(false);
        slow.activity().sent(false);
        assert_eq!(closed_after(29, &connections, [&stalled, &slow]).await, [false; 2]);
        stalled.activity().sent(false);
        slow.activity().sent(true);
        assert_eq!(closed_after(1, &connections, [&stalled, &slow]).await, [true, false]);
        drop(answering);
    }

    #[tokio::test(start_paused = true)]
    async fn closed_connection_is_not_counted() {
        let connections = connections();
        for _ in 0..100 {
            assert!(!is_closed(&admit(&connections, "2001:db8::1").unwrap()));
        }
        let open = connections.open();
        assert!(open.entries.is_empty() && open.per_network.is_empty());
    }
}
