def test_a_stranger_reads_what_timeflow_is(charlie_client):
    answer = charlie_client.get("/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "shows what every yes would cost" in page
    assert 'href="/accounts/signup/"' in page
    assert "Free" in page


def test_the_landing_page_asks_the_database_nothing(charlie_client, django_assert_num_queries):
    with django_assert_num_queries(0):
        charlie_client.get("/")


def test_a_signed_in_person_goes_on_to_their_day(alice_client):
    assert alice_client.get("/").headers["Location"] == "/today"
