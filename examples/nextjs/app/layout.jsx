import { currentSession } from "../lib/session.js";
import { latchkeyUrl } from "../lib/settings.js";
import { KeepSession, SignOut } from "./session/controls.jsx";
import "./style.css";

export const metadata = { title: "Tasks", icons: "data:," };

export default async function Layout({ children }) {
  const session = await currentSession();
  return (
    <html lang="en">
      <body>
        <header>
          <a href="/">Tasks</a>
          {session && (
            <>
              <a href={`${latchkeyUrl}/account`}>{session.user.name || session.user.email}</a>
              <SignOut latchkey={latchkeyUrl} />
              <KeepSession latchkey={latchkeyUrl} secondsLeft={session.secondsLeft} />
            </>
          )}
        </header>
        {children}
      </body>
    </html>
  );
}
