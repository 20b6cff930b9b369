"""Real servers for a test: MariaDB, PostgreSQL and Redis on loopback, over TLS only, with certificates of our own."""

import datetime as dt
import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

STARTS_WITHIN_SECONDS = 30
ADMIN_PASSWORD = "admin-of-the-test-server"


@dataclass(frozen=True)
class Server:
    """One that listens on ``localhost``."""

    port: int
    authority: Path


@dataclass(frozen=True)
class Certificates:
    """Files: an authority, and what it signed for ``localhost``."""

    authority: Path
    certificate: Path
    key: Path


def certificates(folder):
    """An authority of a test's own, and a server certificate for localhost (not for 127.0.0.1)."""
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    server_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])

    def made(name, public_key, *extensions):
        now = dt.datetime.now(dt.UTC)
        builder = x509.CertificateBuilder(
            issuer_name=authority_name,
            subject_name=name,
            public_key=public_key,
            serial_number=x509.random_serial_number(),
            not_valid_before=now - dt.timedelta(days=1),
            not_valid_after=now + dt.timedelta(days=1),
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(authority_key, hashes.SHA256())

    usage = x509.KeyUsage(*(use in {0, 5, 6} for use in range(9)))  # digital signature, certificates, revocations
    identifier = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    authority = made(
        authority_name,
        authority_key.public_key(),
        (x509.BasicConstraints(ca=True, path_length=None), True),
        (usage, True),
        (identifier, False),
    )
    server = made(
        server_name,
        server_key.public_key(),
        (x509.SubjectAlternativeName([x509.DNSName("localhost")]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), False),
    )
    files = Certificates(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    files.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    files.certificate.write_bytes(server.public_bytes(serialization.Encoding.PEM))
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    files.key.write_bytes(server_key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain))
    return files


@contextmanager
def mariadb(service, tls, folder):
    """MariaDB whose only user is ``admin``, which may do everything."""
    data, share = folder / "data", next(service.share.glob("m[ay]*/*system_tables.sql")).parent
    port = free_port()
    options = [
        str(service.program),
        "--no-defaults",
        f"--datadir={data}",
        f"--lc-messages-dir={share}",
        f"--character-sets-dir={share / 'charsets'}",
        *(["--user=root"] if os.geteuid() == 0 else []),
    ]
    data.mkdir()
    tables = [
        next(share.glob(f"*{part}.sql")) for part in ("system_tables", "performance_tables", "system_tables_data")
    ]
    sql = "\n".join(
        [
            "CREATE DATABASE mysql;",
            "USE mysql;",
            *(table.read_text() for table in tables),
            "DELETE FROM global_priv;",
            "FLUSH PRIVILEGES;",
            f"CREATE USER admin@'%' IDENTIFIED BY '{ADMIN_PASSWORD}';",
            "GRANT ALL ON *.* TO admin@'%' WITH GRANT OPTION;",
        ]
    )
    made = subprocess.run(
        [*options, "--bootstrap"], input=sql, text=True, env=service.environment, capture_output=True, check=False
    )
    assert made.returncode == 0, made.stderr
    network = [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder / 'socket'}", "--skip-name-resolve"]
    over_tls = [f"--ssl-ca={tls.authority}", f"--ssl-cert={tls.certificate}", f"--ssl-key={tls.key}"]
    command = [*options, *network, *over_tls, "--require-secure-transport=ON", "--innodb-flush-log-at-trx-commit=0"]
    with running(command, service, port, folder / "log"):
        yield Server(port, tls.authority)


@contextmanager
def postgres(service, tls):
    """PostgreSQL whose user ``admin`` may make users and databases, as RDS's master user may, and is no superuser.

    It refuses to run as root: there it runs as nobody, in a folder that nobody can reach.
    """
    who = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory() as temporary:
        folder, port = Path(temporary), free_port()
        for file in (tls.certificate, tls.key):
            Path(shutil.copy(file, folder)).chmod(0o600)
        if who:
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, **who)
        data, programs = folder / "data", service.program.resolve().parent
        environment = service.environment | {"LC_ALL": "C.UTF-8"}
        setup = {"env": environment, "capture_output": True, "text": True, "cwd": folder, **who}
        # "trust" is of a socket that there isn't: the file below lets in over TLS only.
        made = subprocess.run(
            [programs / "initdb", "-D", data, "-U", "rdsadmin", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=False,
            **setup,
        )
        assert made.returncode == 0, made.stderr
        role = f"CREATE ROLE admin LOGIN CREATEDB CREATEROLE PASSWORD '{ADMIN_PASSWORD}';\n"
        made = subprocess.run([service.program, "--single", "-D", data, "postgres"], input=role, check=False, **setup)
        assert made.returncode == 0, made.stderr
        (data / "pg_hba.conf").write_text("hostssl all all all scram-sha-256\n")
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "ssl": "on",
            "ssl_cert_file": folder / tls.certificate.name,
            "ssl_key_file": folder / tls.key.name,
            "fsync": "off",
        }
        command = [service.program, "-D", data, "-p", str(port)]
        command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with running(command, service, port, folder / "log", **who):
            yield Server(port, tls.authority)


@contextmanager
def redis(service, tls, folder):
    """Redis whose user ``default`` may do everything, with the admin's password."""
    port = free_port()
    command = [str(service.program), "--port", "0", "--tls-port", str(port), "--bind", "127.0.0.1", "--save", ""]
    command += ["--tls-ca-cert-file", str(tls.authority), "--tls-cert-file", str(tls.certificate)]
    command += ["--tls-key-file", str(tls.key), "--tls-auth-clients", "no", "--requirepass", ADMIN_PASSWORD]
    command += ["--dir", str(folder)]
    with running(command, service, port, folder / "log"):
        yield Server(port, tls.authority)


@contextmanager
def running(command, service, port, log, **who):
    """The server, once it listens, until the test is done."""
    with (
        log.open("w") as output,
        subprocess.Popen(command, env=service.environment, stdout=output, stderr=subprocess.STDOUT, **who) as process,
    ):
        try:
            wait_for(process, port, log)
            yield
        finally:
            process.terminate()


def wait_for(process, port, log):
    end = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
