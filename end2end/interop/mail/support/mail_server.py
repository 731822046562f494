"""An SMTP server for tests: aiosmtpd, with a control interface over HTTP.

    mail_server.py SMTP_PORT CONTROL_PORT OPTIONS

OPTIONS is JSON:

    tls          "implicit" or "starttls"; without it, the connection is not encrypted
    certificate  "valid" (default), "other name" or "expired"
    authority    where to write the certificate of the certificate authority
    user, password
    smtputf8     whether SMTPUTF8 is offered

Control interface:

    GET /messages   the accepted messages, parsed by Python's email package
    GET /attempts   the number of connections, and the credentials that were sent
    POST /plans     a JSON list: what the server does with the next recipients
    POST /release   answers the messages that are held back
"""

import asyncio
import json
import ssl
import sys
from collections import deque
from datetime import datetime, timezone
from email import message_from_string, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import trustme
from aiosmtpd.smtp import SMTP, AuthResult

NAMES = {"other name": ["mail.example"]}


class State:
    """What the server has received, and what it does next."""

    def __init__(self, options, loop):
        self.options, self.loop = options, loop
        self.messages, self.plans, self.connections, self.credentials = [], deque(), 0, []
        self.released = asyncio.Event()

    def authenticate(self, server, session, envelope, mechanism, data):
        user, password = data.login.decode(), data.password.decode()
        self.credentials.append([user, password])
        known = [user, password] == [self.options.get("user"), self.options.get("password")]
        # Not handled: the server answers.
        return AuthResult(success=known, handled=False, auth_data=user)


class Handler:
    def __init__(self, state):
        self.state = state

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.plan = self.state.plans.popleft() if self.state.plans else {}
        if "recipient" in envelope.plan:
            return envelope.plan["recipient"]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.plan.get("hold"):
            await self.state.released.wait()
        encrypted = server.transport.get_extra_info("sslcontext") is not None
        self.state.messages.append(parsed(session, envelope, encrypted))
        return "250 2.0.0 queued as 4XYZ"


class Server(SMTP):
    """Can close a connection in the middle of a message."""

    def __init__(self, state, **options):
        state.connections += 1
        super().__init__(Handler(state), hostname="mail.example", **options)

    async def smtp_DATA(self, arg):
        if not getattr(self.envelope, "plan", {}).get("drop"):
            return await super().smtp_DATA(arg)
        await self.push("354 go ahead")
        await self._reader.readline()
        self.transport.abort()


def parsed(session, envelope, encrypted):
    # The parser of bytes does not decode UTF-8 in headers (RFC 6532).
    message = message_from_string(envelope.original_content.decode(), policy=policy.SMTPUTF8)
    parts = [part for part in message.walk() if not part.is_multipart()]
    # The header parser records problems with each value, the message parser those of the structure.
    defects = [*message.defects, *(defect for part in message.walk() for value in part.values() for defect in value.defects)]
    return {
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "encrypted": encrypted,
        "user": session.auth_data if session.authenticated else None,
        "smtputf8": envelope.smtp_utf8,
        "type": message.get_content_type(),
        "headers": [[name, str(value)] for name, value in message.items()],
        "parts": {part.get_content_type(): part.get_content() for part in parts},
        "defects": [repr(defect) for defect in defects],
    }


def tls_context(options):
    """A context with a new certificate of a new authority."""
    authority = trustme.CA()
    if "authority" in options:
        authority.cert_pem.write_to_path(options["authority"])
    kind = options.get("certificate", "valid")
    names = NAMES.get(kind, ["localhost", "127.0.0.1", "0.0.0.0"])
    ends = datetime(2020, 1, 1, tzinfo=timezone.utc) if kind == "expired" else None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, not_after=ends).configure_cert(context)
    return context


def control(state):
    class Control(BaseHTTPRequestHandler):
        def do_GET(self):
            attempts = {"connections": state.connections, "credentials": state.credentials}
            self.answer(state.messages if self.path == "/messages" else attempts)

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.path == "/plans":
                state.plans.extend(json.loads(body))
            else:
                state.loop.call_soon_threadsafe(state.released.set)
            self.answer({})

        def answer(self, value):
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    return Control


async def main(smtp_port, control_port, options):
    loop = asyncio.get_running_loop()
    state = State(options, loop)
    tls = options.get("tls")
    context = tls_context(options) if tls else None
    settings = {"enable_SMTPUTF8": options.get("smtputf8", False)}
    if tls == "starttls":
        settings |= {"tls_context": context, "require_starttls": True}
    if "user" in options:
        settings |= {
            "authenticator": state.authenticate,
            "auth_required": True,
            "auth_require_tls": tls == "starttls",
        }
    implicit = context if tls == "implicit" else None
    server = await loop.create_server(lambda: Server(state, **settings), "127.0.0.1", smtp_port, ssl=implicit)
    http = ThreadingHTTPServer(("127.0.0.1", control_port), control(state))
    Thread(target=http.serve_forever, daemon=True).start()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])))
