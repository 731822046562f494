import { accountAddress, addressWithReturn, latchkey } from "./latchkey.js";
import { Tasks } from "./Tasks.jsx";

export function App() {
  const { data, error, isPending, refetch } = latchkey.useSession();
  return (
    <>
      <header>
        <strong>Tasks</strong>
        {data && <SignedInUser user={data.user} />}
      </header>
      <main>
        {isPending ? (
          <p role="status">Loading…</p>
        ) : error ? (
          <p role="alert">The sign-in service did not answer. Reload the page to try again.</p>
        ) : data ? (
          // The key gives another user a component, and an access token, of its own.
          <Tasks key={data.user.id} userId={data.user.id} onSignedOut={refetch} />
        ) : (
          <Welcome />
        )}
      </main>
    </>
  );
}

function Welcome() {
  return (
    <>
      <h1>Sign in to see your tasks</h1>
      <p className="actions">
        <a className="button" href={addressWithReturn("/sign-in")}>
          Sign in
        </a>
        <a href={addressWithReturn("/sign-up")}>Create an account</a>
      </p>
    </>
  );
}

function SignedInUser({ user }) {
  return (
    <>
      <a href={accountAddress}>{user.name || user.email}</a>
      <button onClick={() => latchkey.signOut()}>Sign out</button>
    </>
  );
}
