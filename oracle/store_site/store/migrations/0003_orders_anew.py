from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0002_invoices")]
    operations = [
        migrations.RunSQL(
            "CREATE TABLE anew (LIKE store_order INCLUDING INDEXES);"
            "DROP TABLE store_order;"
            "ALTER TABLE anew RENAME TO store_order"
        )
    ]
