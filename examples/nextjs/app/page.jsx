export default function Home() {
  return (
    <main>
      <h1>A list for every user</h1>
      <p>
        <a className="button" href="/tasks">
          Open your tasks
        </a>
      </p>
    </main>
  );
}
